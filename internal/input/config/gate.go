package config

import (
	"fmt"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

func (k *checker) gate(i int, f fileGate) Gate {
	at := k.root.At("gates", i)
	g := Gate{Grader: f.Grader, Min: f.Min, Of: f.Of, Regression: f.Regression, Margin: f.Margin}
	if at.Kind() != strictyaml.Mapping {
		return g
	}
	onRun, onComparison := at.Get("grader").Kind() != strictyaml.None, at.Get("regression").Kind() != strictyaml.None
	switch {
	case onRun == onComparison:
		k.fail(at, "a gate has either grader or regression", "{grader: case_type, min: 0.8}, or {regression: [case_type], margin: 0.05}")
	case onRun:
		g.named = []strictyaml.Node{at.Get("grader")}
		k.runGate(at, &g)
	default:
		k.comparisonGate(at, &g)
	}
	return g
}

func (k *checker) runGate(at strictyaml.Node, g *Gate) {
	if g.Grader == "" && at.Get("grader").Kind() != strictyaml.List && at.Get("grader").Kind() != strictyaml.Mapping {
		k.fail(at.At("grader"), "the gate names no grader", "")
	}
	switch {
	case g.Min == nil && (at.Get("min").Kind() == strictyaml.None || at.Get("min").Kind() == strictyaml.Null):
		k.probs.Add(at.MissingKey("min"))
	case g.Min != nil && !(*g.Min >= 0 && *g.Min <= 1):
		k.fail(at.At("min"), fmt.Sprintf("min is %v", *g.Min), "scores lie between 0 and 1")
	}
	of := []string{Mean, LowerBound}
	if g.Of == "" {
		g.Of = Mean
	}
	if !slices.Contains(of, g.Of) {
		k.fail(at.At("of"), fmt.Sprintf("a gate cannot be on %q", g.Of), strictyaml.Hint(g.Of, of))
	}
	if at.Get("margin").Kind() != strictyaml.None {
		k.fail(at.AtKey("margin"), "margin belongs to a regression gate", "remove it")
	}
}

func (k *checker) comparisonGate(at strictyaml.Node, g *Gate) {
	n := at.Get("regression")
	for i := range g.Regression {
		g.named = append(g.named, n.At(i))
	}
	if len(g.Regression) == 0 && (n.Kind() == strictyaml.List || n.Kind() == strictyaml.Null) {
		k.fail(n, "the gate names no grader", "list those that must not regress")
	}
	for i, name := range g.Regression {
		if name != "" && slices.Index(g.Regression, name) != i {
			k.fail(n.At(i), fmt.Sprintf("%s appears twice", name), "")
		}
	}
	if g.Margin != nil && !(*g.Margin > 0 && *g.Margin <= 1) {
		k.fail(at.At("margin"), fmt.Sprintf("margin is %v", *g.Margin), "it is the drop that does not matter, over 0 and at most 1, such as 0.05")
	}
	for _, key := range []string{"min", "of"} {
		if at.Get(key).Kind() != strictyaml.None {
			k.fail(at.AtKey(key), key+" belongs to a gate with grader", "remove it")
		}
	}
}

// CheckGates holds the graders that the gates name against the scores that a
// suite gives: a gate on a name that never comes up would never fail.
func (c *Config) CheckGates(known []string) problem.List {
	var probs problem.List
	for _, g := range c.Gates {
		for _, n := range g.named {
			if name := n.Text(); !slices.Contains(known, name) {
				probs.Add(n.Problem(fmt.Sprintf("the gate names %q, which the suite does not score", name), strictyaml.Hint(name, known)))
			}
		}
	}
	return probs
}
