package compare_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// judgedRun returns a run of case_type and a rubric with one judged criterion, which
// passes of 40 cases pass.
func judgedRun(name string, passes int, j *runfile.Judge) *runfile.Run {
	m := made{graders: []string{"case_type", "rubric", "rubric/tone", "rubric/short"}, cases: map[string][]trial{}}
	for i := range 40 {
		v := 0.0
		if i < passes {
			v = 1
		}
		m.cases[fmt.Sprintf("case-%02d", i)] = []trial{{1, v, v, 1}}
	}
	run := m.run(name)
	run.Header.Graders = []graders.Spec{{Name: "case_type", Version: 1}, {
		Name: "rubric", Version: 1, Params: json.RawMessage(
			`{"criteria":[{"id":"tone","question":"?","weight":1},{"id":"short","check":"true","weight":1}]}`,
		),
	}}
	run.Header.Judge = j
	return run
}

func judge(change func(*runfile.Judge)) *runfile.Judge {
	j := &runfile.Judge{
		Model: runfile.Model{Name: "strong", ID: "judge-1", Endpoint: "openai"}, PromptHash: "aaaa", RubricHash: "bbbb",
	}
	if change != nil {
		change(j)
	}
	return j
}

// Judged scores are held against each other only where the same judge was asked
// the same.
func TestJudgedRuns(t *testing.T) {
	t.Parallel()
	zero := 0.0
	for name, tt := range map[string]struct {
		other *runfile.Judge
		want  string
	}{
		"model":    {judge(func(j *runfile.Judge) { j.Model.ID = "judge-2" }), "judge judge-1 against judge-2"},
		"endpoint": {judge(func(j *runfile.Judge) { j.Model.Endpoint = "local" }), "judge judge-1 at openai against local"},
		"parameters": {
			judge(func(j *runfile.Judge) { j.Model.Params = params.Params{Temperature: &zero} }),
			"parameters of the judge: temperature unset against 0",
		},
		"prompt": {
			judge(func(j *runfile.Judge) { j.PromptHash = "cccc" }), "the judge's prompt differs (aaaa against cccc)",
		},
		"rubric": {judge(func(j *runfile.Judge) { j.RubricHash = "cccc" }), "the rubric differs (bbbb against cccc)"},
		"a criterion": {
			judge(
				func(j *runfile.Judge) { j.Criteria = map[string]runfile.Model{"tone": {ID: "x"}} },
			), "some criteria have another judge",
		},
		"nobody": {nil, "the base has judge judge-1, the head has none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, head := judgedRun("v3", 30, judge(nil)), judgedRun("v4", 20, tt.other)
			_, err := compare.Compare(base, head, compare.Options{})
			var refusal *compare.Refusal
			require.ErrorAs(t, err, &refusal)
			require.Contains(t, refusal.Reason, tt.want)
			require.Contains(t, refusal.Hint, "--allow judge")

			c, err := compare.Compare(base, head, compare.Options{AllowJudge: true})
			require.NoError(t, err)
			var names []string
			for _, g := range c.Graders {
				names = append(names, g.Grader)
			}
			require.Equal(t, []string{"case_type", "rubric/short"}, names, "what was judged is left out, the rest is compared")
			require.Contains(t, c.Notes[0], "left out: rubric, rubric/tone")
			require.Empty(t, c.Flips)
		})
	}
	c, err := compare.Compare(
		judgedRun("v3", 30, judge(nil)), judgedRun("v4", 20, judge(func(j *runfile.Judge) { j.Model.Name = "weak" })),
		compare.Options{},
	)
	require.NoError(t, err, "what a judge is called does not matter")
	require.Len(t, c.Graders, 4)
	require.Equal(t, "judge-1", c.Head.Judging.Model)
}

// A judge below the bar decides nothing, even if a gate names its score.
func TestUnreliableJudgesInform(t *testing.T) {
	t.Parallel()
	base, head := judgedRun("v3", 30, judge(nil)), judgedRun("v4", 10, judge(nil))
	unreliable := summary.JudgeReliabilities{
		"rubric": {Shortfall: "it rests on tone"}, "rubric/tone": {Shortfall: "kappa is 0.10"},
	}
	agreement := stats.Agreement{TP: 20, FN: 2, TN: 20, FP: 2}
	kappa := 0.8
	reliable := summary.JudgeReliabilities{"rubric/tone": {Judge: "judge-1", Kappa: &kappa, Agreement: agreement}}
	gates := []config.Gate{{Grader: "rubric/tone", Of: config.Mean, Min: 0.9}}
	grader := func(c *compare.Comparison, name string) compare.Grader {
		for _, g := range c.Graders {
			if g.Grader == name {
				return g
			}
		}
		return compare.Grader{}
	}

	c, err := compare.Compare(
		base, head,
		compare.Options{
			Reliability: unreliable, Gating: []string{"case_type", "rubric", "rubric/tone"}, Margin: 0.2, Gates: gates,
		},
	)
	require.NoError(t, err)
	require.Equal(t, compare.NoWorse, *c.Verdict)
	g := grader(c, "rubric/tone")
	require.Equal(t, compare.Regressed, *g.Verdict, "it is still said")
	require.False(t, g.Gating)
	require.Nil(t, g.PAdjusted)
	require.Contains(t, g.Warnings, "cannot gate: kappa is 0.10")
	require.Nil(t, g.HeadCorrected, "an error that is not known can't be corrected")
	require.False(t, c.Gates[0].Pass)
	require.False(t, summary.Missed(c.Gates), "a gate on it is not held")
	require.Contains(t, c.Notes, "a gate names rubric, which cannot gate: it rests on tone")

	c, err = compare.Compare(base, head, compare.Options{Reliability: unreliable, Gating: []string{"rubric/tone"}})
	require.NoError(t, err)
	require.Nil(t, c.Verdict)
	require.Contains(t, c.Headline, "the judge cannot gate")

	c, err = compare.Compare(
		base, head,
		compare.Options{Reliability: reliable, Gating: []string{"case_type", "rubric/tone"}, Margin: 0.2, Gates: gates},
	)
	require.NoError(t, err)
	require.Equal(t, compare.Regressed, *c.Verdict)
	require.True(t, summary.Missed(c.Gates))
	g = grader(c, "rubric/tone")
	estimate, lo, hi, ok := stats.CorrectedRate(0.75, 40, agreement, 0.95)
	require.True(t, ok)
	require.Equal(
		t, &summary.Corrected{Rate: estimate, CI: [2]float64{lo, hi}, Method: summary.ByCalibration, Assumes: summary.AsCalibrated},
		g.BaseCorrected,
	)
	require.Less(t, g.HeadCorrected.Rate, 0.25, "what it passes wrongly is taken off")
	require.Nil(t, grader(c, "case_type").Judged)
}
