package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
)

func TestRegressionGatesByType(t *testing.T) {
	t.Parallel()
	c, probs := config.Parse("c.yaml", []byte("gates: [{regression: [case_type], by: type}, {regression: [format]}]"))
	require.NoError(t, probs.Err())
	require.Equal(t, []config.RegressionGate{
		{Graders: []string{"case_type"}, ByType: true}, {Graders: []string{"format"}},
	}, c.RegressionGates)
	for text, want := range map[string]string{
		"{regression: [case_type], by: types}":         `c.yaml:1:39: a gate cannot be by "types" (did you mean "type"?)`,
		"{regression: [case_type], by: ''}":            `c.yaml:1:39: a gate cannot be by "" (known: type)`,
		"{grader: format, min: 1, by: type}":           "c.yaml:1:34: by belongs to a regression gate (remove it)",
		"{metric: tokens, max_increase: 1%, by: type}": "c.yaml:1:44: by belongs to a regression gate (remove it)",
	} {
		_, probs := config.Parse("c.yaml", []byte("gates: ["+text+"]"))
		require.EqualError(t, probs.Err(), want, text)
	}
}

func TestMetricGates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.MetricGate{
		"{metric: cost, max_increase: 10%}":                           {Metric: "cost", Of: "mean", MaxIncrease: 0.1},
		"{metric: tokens, max_increase: '12.5 %'}":                    {Metric: "tokens", Of: "mean", MaxIncrease: 0.125},
		"{metric: tokens, max_increase: 0}":                           {Metric: "tokens", Of: "mean"},
		"{metric: latency, of: lower_bound, max_increase: 250%}":      {Metric: "latency", Of: "lower_bound", MaxIncrease: 2.5},
		"{metric: latency, of: lower_bound, max_increase: 0.05}":      {Metric: "latency", Of: "lower_bound", MaxIncrease: 0.05},
		"{metric: cost, max_increase: 1e-3}":                          {Metric: "cost", Of: "mean", MaxIncrease: 0.001},
		"{metric: cost, of: mean, max_increase: 1}":                   {Metric: "cost", Of: "mean", MaxIncrease: 1},
		"{metric: cost, max_increase: 0%}":                            {Metric: "cost", Of: "mean"},
		"{metric: tokens, max_increase: \"10%\"}":                     {Metric: "tokens", Of: "mean", MaxIncrease: 0.1},
		"{metric: latency, of: lower_bound, max_increase: 1000000.%}": {Metric: "latency", Of: "lower_bound", MaxIncrease: 10000},
	} {
		c, probs := config.Parse("c.yaml", []byte("gates: ["+text+"]"))
		require.NoError(t, probs.Err(), text)
		require.Equal(t, []config.MetricGate{want}, c.MetricGates, text)
	}
	for text, want := range map[string]string{
		"{metric: costs, max_increase: 10%}": `c.yaml:1:18: "costs" is not a metric (did you mean "cost"?)`,
		"{metric: cost}":                     `c.yaml:1:9: the required key "max_increase" is missing`,
		"{metric: cost, max_increase: 10}": "c.yaml:1:38: 10 has no percent sign " +
			"(write a percentage such as 10%, or 0.1 for it)",
		"{metric: cost, max_increase: ten%}": `c.yaml:1:38: expected a percentage, found "ten%" ` +
			"(write a percentage such as 10%, or 0.1 for it)",
		"{metric: cost, max_increase: .nan}": "c.yaml:1:38: expected a percentage, found .nan " +
			"(write a percentage such as 10%, or 0.1 for it)",
		"{metric: cost, max_increase: -1%}":          "c.yaml:1:38: max_increase is negative (0% allows no increase)",
		"{metric: cost, max_increase: 1%, of: p95}":  `c.yaml:1:46: a gate cannot be on "p95" (known: mean, lower_bound)`,
		"{metric: cost, max_increase: 1%, min: 0.5}": "c.yaml:1:42: min belongs to a gate with grader (remove it)",
		"{grader: format, min: 1, max_increase: 1%}": "c.yaml:1:34: max_increase belongs to a gate with metric (remove it)",
		"{grader: format, metric: cost}": "c.yaml:1:9: a gate has exactly one of grader, regression, metric and cases " +
			"({grader: case_type, min: 0.8}, {regression: [case_type], margin: 0.05}, {metric: cost, max_increase: 10%} " +
			"or {cases: near_duplicates, at_most: 0})",
	} {
		_, probs := config.Parse("c.yaml", []byte("gates: ["+text+"]"))
		require.EqualError(t, probs.Err(), want, text)
	}
}

func TestCasesGates(t *testing.T) {
	t.Parallel()
	c, probs := config.Parse("c.yaml", []byte("gates: [{cases: near_duplicates, at_most: 0}, "+
		"{cases: near_examples, at_most: 3}, {cases: each_type, at_least: 10}]"))
	require.NoError(t, probs.Err())
	require.Equal(t, []config.CasesGate{
		{Of: config.NearDuplicates}, {Of: config.NearExamples, Limit: 3}, {Of: config.EachType, Limit: 10},
	}, c.CasesGates)
	for text, want := range map[string]string{
		"{cases: near, at_most: 1}": `c.yaml:1:17: a gate cannot be on "near" of cases ` +
			"(known: near_duplicates, near_examples, each_type)",
		"{cases: each_type}":                  `c.yaml:1:9: the required key "at_least" is missing`,
		"{cases: each_type, at_least: 0}":     "c.yaml:1:38: at_least is 0 (it is a number of cases from 1)",
		"{cases: near_examples, at_most: -1}": "c.yaml:1:41: at_most is -1 (it is a number of cases from 0)",
		"{cases: each_type, at_least: 5, at_most: 9}": "c.yaml:1:41: at_most does not go with each_type " +
			"(remove it)",
		"{cases: near_examples, at_most: 1, min: 0.5}": "c.yaml:1:44: min belongs to a gate with grader (remove it)",
		"{grader: format, min: 1, at_most: 1}":         "c.yaml:1:34: at_most belongs to a gate with cases (remove it)",
	} {
		_, probs := config.Parse("c.yaml", []byte("gates: ["+text+"]"))
		require.EqualError(t, probs.Err(), want, text)
	}
}
