package summary_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// What a grader can say beside a value.
const (
	unscored      = -1.0
	notApplicable = -2.0
	failed        = -3.0 // the call
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// run makes a run of the grader case_type from the trials of its cases.
func run(cases ...[]float64) *runfile.Run {
	out := &runfile.Run{
		Header: runfile.Header{
			Run: "r", Prompt: runfile.Prompt{Name: "v3"}, Reply: reply.Rules{Types: []string{"answer", "question"}},
			Graders: []graders.Spec{{Name: "case_type", Version: 1}},
		},
		End: &runfile.End{Status: runfile.Complete},
	}
	for i, trials := range cases {
		id := fmt.Sprintf("case-%03d", i)
		out.Cases = append(out.Cases, runfile.Case{Case: id, Input: "치과 가기", Expect: graders.Expect{Type: "answer"}})
		for k, v := range trials {
			t := runfile.Trial{Case: id, Trial: k + 1, Read: &runfile.Read{Type: "answer", Items: []string{"예약"}}}
			c := runfile.Call{
				Case: id, Trial: k + 1, For: runfile.ForReply, At: noon.Add(time.Duration(i) * time.Hour),
				LatencyMS: int64(10 * (i + 1)),
				Usage:     &runfile.Usage{InputTokens: 100, OutputTokens: 10},
			}
			s := graders.Score{Grader: "case_type"}
			switch v {
			case unscored:
				s.Unscored = "the judge is down"
			case notApplicable:
				s.NotApplicable = "no type is expected"
			case failed:
				t.Error, t.Read = &runfile.Error{Kind: "server", Message: "it failed (500)"}, nil
				c.Error, c.Usage = t.Error, nil
			default:
				s.Value, s.Pass = &v, v == 1
			}
			if t.Error == nil {
				t.Scores = []graders.Score{s}
			}
			out.Trials, out.Calls = append(out.Trials, t), append(out.Calls, c)
		}
		out.Header.Trials = max(out.Header.Trials, len(trials))
	}
	return out
}

// of repeats one case.
func of(n int, trials ...float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = trials
	}
	return out
}

func both(lists ...[][]float64) (out [][]float64) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func TestMeanAndInterval(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		cases  [][]float64
		method string
		mean   float64
		lo, hi float64
	}{
		// Newcombe 1998, table I: 81 of 263 by method 3.
		{"a rate is Wilson's", both(of(81, 1), of(182, 0)), "wilson", 81.0 / 263, 0.2553, 0.3662},
		{"nothing passes", of(20, 0), "wilson", 0, 0, 0.1611},
		// The formula of stats.WilsonEffective by SciPy 1.17.1.
		{"a mean", both(of(1, 0), of(1, 0.5), of(2, 1)), "wilson-effective", 0.625, 0.11581, 0.95497},
		{"repeats are averaged first", both(of(10, 1, 1), of(10, 1, 0)), "wilson-effective", 0.75, 0.58706, 0.86359},
		{"values all the same have an interval", of(20, 0.75), "wilson-effective", 0.75, 0.51611, 0.89405},
		{"repeats that all pass", of(20, 1, 1, 1), "wilson-effective", 1, 0.82032, 1},
		{"one case", of(1, 0.5), "wilson-effective", 0.5, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := summary.Of(run(tt.cases...), nil).Graders[0]
			require.Equal(t, tt.method, g.CIMethod)
			require.InDelta(t, tt.mean, *g.Mean, 1e-12)
			require.InDelta(t, tt.lo, g.CI[0], 5e-5)
			require.InDelta(t, tt.hi, g.CI[1], 5e-5)
			require.Equal(t, len(tt.cases), g.Units)
		})
	}
}

func TestGroupsCountOnce(t *testing.T) {
	t.Parallel()
	r := run(both(of(5, 1), of(5, 0), of(2, 1))...)
	for i := range r.Cases {
		if i < 10 {
			r.Cases[i].Group = fmt.Sprintf("group-%d", i%5)
		}
	}
	g := summary.Of(r, nil).Graders[0]
	require.Equal(t, []int{12, 7, 7, 5}, []int{g.Cases, g.Units, g.Pass, g.Fail})
	require.InDelta(t, (5*0.5+2)/7, *g.Mean, 1e-12)
	require.Equal(t, "wilson-effective", g.CIMethod)
}

func TestEverythingIsCounted(t *testing.T) {
	t.Parallel()
	r := run(
		[]float64{1, 1, 1}, []float64{1, 0, 1}, []float64{0, 0, 1}, []float64{unscored, 1, 1},
		[]float64{notApplicable, notApplicable, notApplicable}, []float64{1, failed, 1}, []float64{failed, failed, failed},
	)
	s := summary.Of(r, nil)
	require.Equal(t, 4, s.Errors)
	g := s.Graders[0]
	require.Equal(
		t, []int{5, 4, 1}, []int{g.Cases, g.Pass, g.Fail}, "a case passes where over half of its scored trials do",
	)
	require.Equal(t, 1, g.Unscored, "a call that failed is an error, and no undecided score")
	require.Equal(t, 1, g.NotApplicable)
	require.Equal(t, 2, g.Flaky)
	require.InDelta(t, 3.0/5, *g.PassAll, 1e-12)
	require.Equal(t, []summary.Flaky{{"case-001", "case_type", 2, 3}, {"case-002", "case_type", 1, 3}}, s.Flaky)
	var list []string
	for _, f := range s.Failed {
		list = append(list, fmt.Sprint(f.ID, f.Failed, f.Error))
	}
	require.Equal(t, []string{"case-002[case_type]", "case-005[]it failed (500)", "case-006[]it failed (500)"}, list)
	require.Equal(t, [][]int{{17, 0, 0}, {0, 0, 0}}, s.Confusion)

	s = summary.Of(run(of(3, failed)...), nil)
	require.Len(t, s.Graders, 1, "the header names what nothing could be graded by")
	require.Nil(t, s.Graders[0].Mean)
	require.Nil(t, s.Graders[0].CI)
	require.Zero(t, s.Graders[0].Unscored)
	require.Nil(t, s.Usage.InputTokens)
	require.Nil(t, s.Usage.LatencyP50)

	s = summary.Of(&runfile.Run{}, nil)
	require.Empty(t, s.Graders)
	out, err := json.Marshal(s)
	require.NoError(t, err)
	require.NotContains(t, string(out), `"graders":null`)
	require.NotContains(t, string(out), `"gates":null`)
	require.NotContains(t, string(out), `"types":null`)
}

func TestUnreadRepliesAreCounted(t *testing.T) {
	t.Parallel()
	r := run(of(4, 1)...)
	r.Trials[0].Read.Type = "question"
	r.Trials[1].Read.Type = ""
	r.Trials[2].Read.Type = "something else"
	require.Equal(t, [][]int{{1, 1, 2}, {0, 0, 0}}, summary.Of(r, nil).Confusion)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	price := &params.Price{Input: 2, Output: 10}
	r := run(of(3, 1)...)
	u := summary.UsageOf(r, price)
	require.Equal(t, 300, *u.InputTokens)
	require.Equal(t, 30, *u.OutputTokens)
	require.InDelta(t, 110, *u.TokensACase, 1e-12)
	require.InDelta(t, 0.0009, *u.Cost, 1e-12)
	require.InDelta(t, 20, *u.LatencyP50, 0)
	require.Nil(t, summary.UsageOf(r, nil).Cost, "an unknown price is an unknown cost, never 0")

	r.Calls[1].Usage = nil
	u = summary.UsageOf(r, price)
	require.Nil(t, u.InputTokens, "what one reply took is unknown, so is the sum")
	require.Nil(t, u.Cost)

	r.Calls[1].Error = &runfile.Error{Kind: "server"}
	r.Calls = append(r.Calls, runfile.Call{For: runfile.ForJudge, LatencyMS: 9999})
	u = summary.UsageOf(r, price)
	require.Equal(t, 200, *u.InputTokens, "a failed call and a judge's are not the replies'")
	require.InDelta(t, 20, *u.LatencyP50, 0)
}

func TestBasis(t *testing.T) {
	t.Parallel()
	r := run(of(4, 1)...)
	r.Calls[0].ReplayedFrom = "earlier"
	r.Calls[1].Error = &runfile.Error{Kind: "server"}
	r.Calls[2].Error = &runfile.Error{Kind: "not_recorded"}
	r.Calls = append(r.Calls, runfile.Call{For: runfile.ForJudge, At: noon.Add(-time.Hour)})
	require.Equal(
		t, summary.Basis{Replies: 2, Replayed: 1, Calls: 2, First: noon, Last: noon.Add(3 * time.Hour)}, summary.BasisOf(r),
	)
}

func TestWhyARunIsNotComplete(t *testing.T) {
	t.Parallel()
	r := run(of(1, 1)...)
	require.Empty(t, summary.Of(r, nil).Reason)
	r.End = &runfile.End{Status: runfile.Interrupted, Reason: "interrupted"}
	require.Equal(t, "interrupted", summary.Of(r, nil).Reason)
	r.End = nil
	require.Contains(t, summary.Of(r, nil).Reason, "no end line")
	r.Torn = true
	s := summary.Of(r, nil)
	require.Contains(t, s.Reason, "its last line is cut off")
	require.Equal(t, runfile.Incomplete, s.Status)
}
