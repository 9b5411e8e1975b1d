package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// byType holds a regression gate to each expected type as well.
const byType = "type"

type fileGate struct {
	Grader      string           `yaml:"grader"`
	Min         *float64         `yaml:"min"`
	Of          string           `yaml:"of"`
	Regression  []string         `yaml:"regression"`
	Margin      *float64         `yaml:"margin"`
	By          string           `yaml:"by"`
	Metric      string           `yaml:"metric"`
	MaxIncrease strictyaml.Share `yaml:"max_increase"`
	Cases       string           `yaml:"cases"`
	AtMost      *int             `yaml:"at_most"`
	AtLeast     *int             `yaml:"at_least"`
}

// addGate checks a gate of the file and adds it to the config.
func (k *checker) addGate(c *Config, at strictyaml.Node, f fileGate) {
	if at.Kind() != strictyaml.Mapping {
		return // reported by decoding
	}
	kinds := slices.DeleteFunc(
		[]string{"grader", "regression", "metric", "cases"},
		func(key string) bool { return !at.Has(key) },
	)
	switch {
	case len(kinds) != 1:
		k.fail(at, "a gate has exactly one of grader, regression, metric and cases", "{grader: case_type, min: 0.8}, "+
			"{regression: [case_type], margin: 0.05}, {metric: cost, max_increase: 10%} or {cases: near_duplicates, at_most: 0}")
	case kinds[0] == "cases":
		c.CasesGates = append(c.CasesGates, k.casesGate(at, f))
	case kinds[0] == "grader":
		c.gateNames = append(c.gateNames, at.Get("grader"))
		c.Gates = append(c.Gates, k.gate(at, f))
	case kinds[0] == "metric":
		c.MetricGates = append(c.MetricGates, k.metricGate(at, f))
		isPriced := func(m Model) bool { return m.Price != nil }
		if f.Metric == Cost && !slices.ContainsFunc(slices.Collect(maps.Values(c.Models)), isPriced) {
			warning := at.At("metric").Problem("no model has a price, so the cost is unknown and the gate is ignored",
				"add price: {input: …, output: …} to the model")
			warning.Severity = problem.Warning
			k.probs.Add(warning)
		}
	default:
		for i := range f.Regression {
			c.gateNames = append(c.gateNames, at.Get("regression").At(i))
		}
		gate := RegressionGate{Graders: f.Regression, Margin: f.Margin, ByType: f.By == byType}
		c.RegressionGates = append(c.RegressionGates, gate)
		k.checkRegressionGate(at, f)
	}
}

func (k *checker) metricGate(at strictyaml.Node, f fileGate) MetricGate {
	g := MetricGate{Metric: f.Metric, Of: cmp.Or(f.Of, Mean), MaxIncrease: float64(f.MaxIncrease)}
	if known := Metrics(); !slices.Contains(known, g.Metric) && at.Get("metric").Kind() != strictyaml.List &&
		at.Get("metric").Kind() != strictyaml.Mapping {
		k.fail(at.At("metric"), fmt.Sprintf("%q is not a metric", g.Metric), strictyaml.Hint(g.Metric, known))
	}
	switch {
	case !at.Has("max_increase"):
		k.probs.Add(at.MissingKey("max_increase"))
	case g.MaxIncrease < 0:
		k.fail(at.At("max_increase"), "max_increase is negative", "0% allows no increase")
	}
	k.checkOf(at, g.Of)
	k.refuseKeys(at, "belongs to a gate with grader", "min")
	k.refuseKeys(at, "belongs to a regression gate", "margin", "by")
	k.refuseKeys(at, "belongs to a gate with cases", "at_most", "at_least")
	return g
}

func (k *checker) casesGate(at strictyaml.Node, f fileGate) CasesGate {
	g := CasesGate{Of: f.Cases}
	key, other, limit, least := "at_most", "at_least", f.AtMost, 0
	if g.Of == EachType {
		key, other, limit, least = "at_least", "at_most", f.AtLeast, 1
	}
	known := []string{NearDuplicates, NearExamples, EachType}
	kind := at.Get("cases").Kind()
	switch {
	case kind == strictyaml.List || kind == strictyaml.Mapping: // reported by decoding
	case !slices.Contains(known, g.Of):
		k.fail(at.At("cases"), fmt.Sprintf("a gate cannot be on %q of cases", g.Of), strictyaml.Hint(g.Of, known))
	case !at.Has(key):
		k.probs.Add(at.MissingKey(key))
	case limit != nil && *limit < least:
		k.fail(at.At(key), fmt.Sprintf("%s is %d", key, *limit), fmt.Sprintf("it is a number of cases from %d", least))
	case limit != nil:
		g.Limit = *limit
	}
	k.refuseKeys(at, "does not go with "+g.Of, other)
	k.refuseKeys(at, "belongs to a gate with grader", "min")
	k.refuseKeys(at, "belongs to a gate with grader or metric", "of")
	k.refuseKeys(at, "belongs to a regression gate", "margin", "by")
	k.refuseKeys(at, "belongs to a gate with metric", "max_increase")
	return g
}

func (k *checker) checkOf(at strictyaml.Node, name string) {
	if of := []string{Mean, LowerBound}; !slices.Contains(of, name) {
		k.fail(at.At("of"), fmt.Sprintf("a gate cannot be on %q", name), strictyaml.Hint(name, of))
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
	k.checkOf(at, g.Of)
	k.refuseKeys(at, "belongs to a regression gate", "margin", "by")
	k.refuseKeys(at, "belongs to a gate with metric", "max_increase")
	k.refuseKeys(at, "belongs to a gate with cases", "at_most", "at_least")
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
	kind := at.Get("by").Kind()
	if at.Has("by") && f.By != byType && kind != strictyaml.List && kind != strictyaml.Mapping {
		k.fail(at.At("by"), fmt.Sprintf("a gate cannot be by %q", f.By), strictyaml.Hint(f.By, []string{byType}))
	}
	k.refuseKeys(at, "belongs to a gate with grader", "min", "of")
	k.refuseKeys(at, "belongs to a gate with metric", "max_increase")
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
