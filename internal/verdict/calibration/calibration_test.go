package calibration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/calibration"
)

func criteria() []graders.Criterion {
	return []graders.Criterion{
		{ID: "concrete", Question: "구체적인가?", Options: []string{"yes", "no", "unsure"}, Pass: []string{"yes"}},
		{ID: "order", Question: "차례대로인가?", Options: []string{"1", "2", "3"}, Pass: []string{"3"}},
	}
}

func verdict(answer string, pass bool) graders.Score {
	value := 0.0
	if pass {
		value = 1
	}
	return graders.Score{Grader: "rubric/concrete", Value: &value, Pass: pass, Answer: answer, Reason: "이유"}
}

// said is a finding of one person and the judge.
func said(i int, person label.Answer, judge string) calibration.Finding {
	f := calibration.Finding{
		Criterion: "concrete", Reply: label.Reply{Case: fmt.Sprintf("case-%d", i), Input: "치과", Text: fmt.Sprint(i)},
		Labels: []label.Label{{Labeller: "kim", Answer: person}},
	}
	switch judge {
	case "yes", "no":
		f.Verdict = verdict(judge, judge == "yes")
	default:
		f.Verdict = graders.Score{Unscored: "none", Answer: judge}
	}
	return f
}

// table is findings with these counts.
func table(tp, fp, fn, tn int) (out []calibration.Finding) {
	for _, cell := range []struct {
		n      int
		person label.Answer
		judge  string
	}{{tp, label.Yes, "yes"}, {fp, label.No, "yes"}, {fn, label.Yes, "no"}, {tn, label.No, "no"}} {
		for range cell.n {
			out = append(out, said(len(out), cell.person, cell.judge))
		}
	}
	return out
}

func TestMeasureAgreesWithReferences(t *testing.T) {
	t.Parallel()
	got, disagree := calibration.Measure(criteria(), table(45, 15, 25, 15))
	require.Len(t, got, 2)
	c := got[0]
	require.Equal(t, [6]int{100, 100, 45, 15, 25, 15}, [6]int{c.Labelled, c.N, c.TP, c.FP, c.FN, c.TN})
	// statsmodels 0.15.0: cohens_kappa, and proportion_confint(method="wilson").
	require.InDelta(t, 0.13043478260869554, *c.Kappa, 1e-9)
	require.InDeltaSlice(t, []float64{-0.06293827779258965, 0.3238078430099807}, c.KappaCI[:], 1e-9)
	require.InDelta(t, 45./70, *c.Sensitivity, 1e-9)
	require.InDeltaSlice(t, []float64{0.5258839463134151, 0.7449666072836516}, c.SensitivityCI[:], 1e-9)
	require.InDelta(t, 0.5, *c.Specificity, 1e-9)
	require.InDeltaSlice(t, []float64{0.3315412564053376, 0.6684587435946624}, c.SpecificityCI[:], 1e-9)
	require.InDelta(t, 0.7, *c.BaseRate, 1e-9)
	require.InDelta(t, 0.6, *c.Agreement, 1e-9)
	require.Len(t, disagree, 40)
	require.Equal(
		t, [3]string{"concrete", "no", "yes"}, [3]string{disagree[0].Criterion, disagree[0].Label, disagree[0].Verdict},
	)

	require.Nil(t, got[1].Kappa, "nobody labelled it")
	require.Nil(t, got[1].BaseRate)
	require.Nil(t, got[1].SensitivityCI)
}

func TestEverythingIsCounted(t *testing.T) {
	t.Parallel()
	findings := append(table(3, 1, 0, 2),
		said(10, label.Yes, "unsure"), said(11, label.No, ""), said(12, label.Unsure, "yes"))
	two := said(13, label.Yes, "yes")
	two.Labels = append(two.Labels, label.Label{Labeller: "lee", Answer: label.No})
	three := said(14, label.Yes, "no")
	three.Labels = append(
		three.Labels, label.Label{Labeller: "lee", Answer: label.No}, label.Label{Labeller: "park", Answer: label.No},
	)
	findings = append(findings, two, three)

	findings[0].Again = []graders.Score{verdict("yes", true), verdict("no", false)}
	findings[1].Again = []graders.Score{verdict("yes", true)}
	findings[2].Again = []graders.Score{{Unscored: "down"}}
	turned := verdict("no", false)
	findings[0].Turned = &turned
	same := verdict("yes", true)
	findings[1].Turned = &same
	none := graders.Score{Unscored: "down"}
	findings[2].Turned = &none

	got, _ := calibration.Measure(criteria(), findings)
	c := got[0]
	require.Equal(t, 9, c.Labelled, "of two people who disagree there is no label; of three the majority holds")
	require.Equal(t, 2, c.Undecided)
	require.Equal(t, [2]int{2, 7}, [2]int{c.Unscored, c.N})
	require.Equal(t, [4]int{3, 1, 0, 3}, [4]int{c.TP, c.FP, c.FN, c.TN})
	require.InDelta(t, 2./9, *c.UnscoredShare, 1e-12)
	require.Equal(t, [2]int{1, 2}, [2]int{c.Flips, c.AskedAgain}, "no verdict is no other verdict")
	require.Equal(t, [2]int{1, 2}, [2]int{c.OrderFlips, c.Turned})
	require.InDelta(t, 0.5, *c.FlipRate, 1e-12)

	raters := calibration.CompareRaters(findings)
	require.Len(t, raters, 3)
	require.Equal(t, [3]any{"kim", "lee", 2}, [3]any{raters[0].A, raters[0].B, raters[0].N})
	require.Equal(t, []string{"kim", "lee", "park"}, calibration.Labellers(findings))
}

func TestFill(t *testing.T) {
	t.Parallel()
	trial := func(answer string) runfile.Trial {
		return runfile.Trial{Scores: []graders.Score{{Grader: "rubric"}, verdict(answer, answer == "yes")}}
	}
	f := calibration.Finding{Criterion: "concrete"}
	require.True(t, f.Fill([]runfile.Trial{trial("yes"), trial("no"), trial("unsure"), trial("yes")}))
	require.Equal(t, "yes", f.Verdict.Answer)
	require.Equal(t, []string{"no", "unsure"}, []string{f.Again[0].Answer, f.Again[1].Answer})
	require.Equal(t, "yes", f.Turned.Answer)
	f = calibration.Finding{Criterion: "concrete"}
	require.False(
		t, f.Fill([]runfile.Trial{{Scores: []graders.Score{{Grader: "rubric/concrete", NotApplicable: "another type"}}}}),
	)
	require.False(t, f.Fill([]runfile.Trial{{}}))
	require.False(t, f.Fill(nil), "a reply that was not judged")
}

// A judge gates by a criterion only if it is known to agree with people there.
func TestShortfall(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tp, fp, fn, tn int
		bar            float64
		want           string
	}{
		"agrees":                   {40, 2, 3, 35, 0.4, ""},
		"kappa under the bar":      {45, 15, 25, 15, 0.4, "kappa is 0.13 and its lower bound −0.06 is below the bar of 0.40"},
		"a higher bar":             {40, 2, 3, 35, 0.9, "below the bar of 0.90"},
		"a bound just under":       {17, 5, 5, 17, 0.4, "kappa is 0.55 and its lower bound 0.30 is below the bar"},
		"perfect on a handful":     {3, 0, 0, 3, 0.4, "6 labelled replies have a verdict; 20 are needed"},
		"perfect, hardly any fail": {40, 0, 0, 2, 0.4, "people pass 40 and fail 2 of its replies; 5 of each are needed"},
		"perfect":                  {10, 0, 0, 10, 0.4, ""},
		"nobody labelled":          {0, 0, 0, 0, 0.4, "0 labelled replies"},
		"always yes":               {15, 15, 0, 0, 0.4, "the judge passes every labelled reply, good or bad, so its kappa is 0.00"},
		"always no":                {0, 0, 15, 15, 0.4, "the judge fails every labelled reply, good or bad, so its kappa is 0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := calibration.Measure(criteria(), table(tt.tp, tt.fp, tt.fn, tt.tn))
			if tt.want == "" {
				require.Empty(t, got[0].Shortfall(tt.bar))
				return
			}
			require.Contains(t, got[0].Shortfall(tt.bar), tt.want)
		})
	}
}

func TestSaveAndFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	zero := 0.0
	j := runfile.Judge{
		Model: runfile.Model{
			Name: "strong", ID: "org/판사 1", Endpoint: "local",
			Params: params.Params{Temperature: &zero, Extra: map[string]any{"top_k": 1}},
		},
		PromptHash: "aaaa", RubricHash: "bbbb",
	}
	none, err := calibration.Find(dir, &j)
	require.NoError(t, err)
	require.Nil(t, none)
	c := calibration.Calibration{Schema: 1, Judge: j}
	c.Criteria, c.Disagree = calibration.Measure(criteria(), table(40, 2, 3, 35))
	path, err := calibration.Save(dir, c)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "calibration", "org-1-bbbb.json"), path)

	got, err := calibration.Find(dir, &j)
	require.NoError(t, err)
	k, ok := got.Of("concrete")
	require.True(t, ok)
	require.Equal(t, c.Criteria[0], k)
	_, ok = got.Of("tone")
	require.False(t, ok)
	_, ok = none.Of("concrete")
	require.False(t, ok)

	for name, change := range map[string]func(*runfile.Judge){
		"model":      func(j *runfile.Judge) { j.Model.ID = "other" },
		"endpoint":   func(j *runfile.Judge) { j.Model.Endpoint = "openai" },
		"parameters": func(j *runfile.Judge) { one := 1.0; j.Model.Params.Temperature = &one },
		"prompt":     func(j *runfile.Judge) { j.PromptHash = "cccc" },
		"rubric":     func(j *runfile.Judge) { j.RubricHash = "cccc" },
		"a second":   func(j *runfile.Judge) { j.Criteria = map[string]runfile.Model{"order": {ID: "x"}} },
	} {
		other := j
		change(&other)
		found, err := calibration.Find(dir, &other)
		require.NoError(t, err)
		require.Nil(t, found, "another %s is another judge", name)
	}
	renamed := j
	renamed.Model.Name = "weak"
	found, err := calibration.Find(dir, &renamed)
	require.NoError(t, err)
	require.NotNil(t, found, "what it is called does not matter")

	for text, want := range map[string]string{
		"{": "make it anew with promptbench judge calibrate", `{"schema":2}`: "has schema 2",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := calibration.Find(dir, &j)
		require.ErrorContains(t, err, want)
	}
}
