package config

import (
	"cmp"
	"fmt"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

type fileGate struct {
	Grader     string   `yaml:"grader"`
	Min        *float64 `yaml:"min"`
	Of         string   `yaml:"of"`
	Regression []string `yaml:"regression"`
	Margin     *float64 `yaml:"margin"`
}

// addGate checks a gate of the file and adds it to the config.
func (k *checker) addGate(c *Config, at strictyaml.Node, f fileGate) {
	if at.Kind() != strictyaml.Mapping {
		return // reported by decoding
	}
	onRun, onComparison := at.Has("grader"), at.Has("regression")
	switch {
	case onRun == onComparison:
		k.fail(at, "a gate has either grader or regression",
			"{grader: case_type, min: 0.8}, or {regression: [case_type], margin: 0.05}")
	case onRun:
		c.gateNames = append(c.gateNames, at.Get("grader"))
		c.Gates = append(c.Gates, k.gate(at, f))
	default:
		for i := range f.Regression {
			c.gateNames = append(c.gateNames, at.Get("regression").At(i))
		}
		c.RegressionGates = append(c.RegressionGates, RegressionGate{Graders: f.Regression, Margin: f.Margin})
		k.checkRegressionGate(at, f)
	}
}

func (k *checker) gate(at strictyaml.Node, f fileGate) Gate {
	g := Gate{Grader: f.Grader, Of: cmp.Or(f.Of, Mean)}
	if kind := at.Get("grader").Kind(); g.Grader == "" && kind != strictyaml.List && kind != strictyaml.Mapping {
		k.fail(at.At("grader"), "the gate names no grader", "")
	}
	switch kind := at.Get("min").Kind(); {
	case f.Min == nil && (kind == strictyaml.None || kind == strictyaml.Null):
		k.probs.Add(at.MissingKey("min"))
	case f.Min != nil:
		g.Min = *f.Min
		if !(g.Min >= 0 && g.Min <= 1) {
			k.fail(at.At("min"), fmt.Sprintf("min is %v", g.Min), "scores lie between 0 and 1")
		}
	}
	if of := []string{Mean, LowerBound}; !slices.Contains(of, g.Of) {
		k.fail(at.At("of"), fmt.Sprintf("a gate cannot be on %q", g.Of), strictyaml.Hint(g.Of, of))
	}
	k.refuseKeys(at, "belongs to a regression gate", "margin")
	return g
}

func (k *checker) checkRegressionGate(at strictyaml.Node, f fileGate) {
	n := at.Get("regression")
	if len(f.Regression) == 0 && (n.Kind() == strictyaml.List || n.Kind() == strictyaml.Null) {
		k.fail(n, "the gate names no grader", "list those that must not regress")
	}
	for i, name := range f.Regression {
		if name != "" && slices.Index(f.Regression, name) != i {
			k.fail(n.At(i), fmt.Sprintf("%s appears twice", name), "")
		}
	}
	if f.Margin != nil && !(*f.Margin > 0 && *f.Margin <= 1) {
		k.fail(at.At("margin"), fmt.Sprintf("margin is %v", *f.Margin),
			"it is the drop that does not matter, over 0 and at most 1, such as 0.05")
	}
	k.refuseKeys(at, "belongs to a gate with grader", "min", "of")
}

func (k *checker) refuseKeys(at strictyaml.Node, why string, keys ...string) {
	for _, key := range keys {
		if at.Has(key) {
			k.fail(at.AtKey(key), key+" "+why, "remove it")
		}
	}
}

// CheckGates compares the graders that the gates name with the scores that a
// suite gives: a gate on an unknown name would never fail.
func (c *Config) CheckGates(known []string) problem.List {
	var probs problem.List
	for _, n := range c.gateNames {
		if name := n.Text(); !slices.Contains(known, name) {
			message := fmt.Sprintf("the gate names %q, which the suite does not score", name)
			probs.Add(n.Problem(message, strictyaml.Hint(name, known)))
		}
	}
	return probs
}
