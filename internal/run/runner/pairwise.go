package runner

import (
	"cmp"
	"context"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
)

// A Pairwise has a judge compare the replies of two runs, pair by pair.
type Pairwise struct {
	Cases    []runfile.Case
	Pairs    []Pair
	Judge    *Judge
	About    string // what the assistant is for; may be empty
	ID       string // of the run
	Run      Recorder
	Workers  int
	Progress func(Event) // as in [Job]
}

// A Pair is the replies of two runs to one trial of a case.
type Pair struct {
	Case       runfile.Case
	Trial      int
	Base, Head string   // without the models' thinking
	Counts     []string // what counts between them; may be empty
}

// The scores of a pair.
const (
	ScorePairwise  = "pairwise"
	ScoreBaseFirst = "pairwise/base_first"
	ScoreHeadFirst = "pairwise/head_first"
)

// ComparePairs puts every pair to the judge in both orders, writes its answers as a
// trial, and closes the recorder. It ends early as [Run] does.
func ComparePairs(ctx context.Context, p Pairwise, stop <-chan struct{}) (runfile.End, error) {
	return record(p.Run, p.Cases, len(p.Pairs), p.Judge, func(counts *counter) (bool, error) {
		return Each(ctx, indexes(len(p.Pairs)), p.Workers, stop, func(ctx context.Context, i int) error {
			return unlessOver(ctx, p.judge(ctx, p.Pairs[i], &trialWriter{run: p.Run, counts: counts}))
		})
	})
}

func (p *Pairwise) judge(ctx context.Context, pair Pair, w *trialWriter) error {
	t := runfile.Trial{Case: pair.Case.Case, Trial: pair.Trial}
	if pair.Base == pair.Head {
		const same = "both replies say the same"
		t.Scores = []graders.Score{
			decided(ScorePairwise, 0.5, judge.Tie, same),
			{Grader: ScoreBaseFirst, NotApplicable: same}, {Grader: ScoreHeadFirst, NotApplicable: same},
		}
	} else {
		calls := JudgeCalls{Run: p.ID, Record: func(c runfile.Call) error {
			t.Key = cmp.Or(t.Key, c.Key)
			return w.call(c)
		}}
		baseFirst, err := p.ask(ctx, pair, judge.Pair{First: pair.Base, Second: pair.Head}, calls)
		if err != nil {
			return err
		}
		headFirst, err := p.ask(ctx, pair, judge.Pair{First: pair.Head, Second: pair.Base}, calls)
		if err != nil {
			return err
		}
		t.Scores = pairScores(baseFirst, headFirst)
	}
	if err := w.trial(t); err != nil {
		return err
	}
	if p.Progress != nil {
		p.Progress(Event{Trial: t})
	}
	return nil
}

// ask asks in one order.
func (p *Pairwise) ask(ctx context.Context, of Pair, pair judge.Pair, calls JudgeCalls) (judge.Verdict, error) {
	pair.About, pair.Counts = p.About, of.Counts
	m := p.Judge.Default
	verdicts, err := p.Judge.vote(ctx, m, calls, judge.Call{
		Prompt: p.Judge.Prompt, Params: m.Params, Questions: []graders.Question{judge.PairQuestion()}, Vote: 1, Pair: &pair,
		Sample: graders.Sample{Case: of.Case.Case, Trial: of.Trial, Input: of.Case.Input, Vars: of.Case.Vars},
	})
	if err != nil {
		return judge.Verdict{}, err
	}
	return verdicts[0], nil
}

// pairScores are the scores of a pair, from the verdicts in both orders. Where the
// judge prefers another reply in the other order, that is a tie; where it has no
// verdict in one of them, there is none on the pair.
func pairScores(baseFirst, headFirst judge.Verdict) []graders.Score {
	one := scoreOf(ScoreBaseFirst, baseFirst, judge.Second)
	two := scoreOf(ScoreHeadFirst, headFirst, judge.First)
	both := graders.Score{Grader: ScorePairwise}
	switch {
	case one.Value == nil:
		both.Unscored, both.Broken = "with the base first: "+one.Unscored, one.Broken
	case two.Value == nil:
		both.Unscored, both.Broken = "with the head first: "+two.Unscored, two.Broken
	case *one.Value != *two.Value:
		both = decided(ScorePairwise, 0.5, judge.Tie, "the judge prefers another in the other order")
	case *one.Value == 1:
		both = decided(ScorePairwise, 1, "head", baseFirst.Reason)
	case *one.Value == 0:
		both = decided(ScorePairwise, 0, "base", baseFirst.Reason)
	default:
		both = decided(ScorePairwise, 0.5, judge.Tie, baseFirst.Reason)
	}
	return []graders.Score{both, one, two}
}

// scoreOf is the verdict in one order: 1 where the judge prefers the head's reply,
// which is at position head.
func scoreOf(name string, v judge.Verdict, head string) graders.Score {
	switch v.Option {
	case "":
		return graders.Score{Grader: name, Unscored: v.Fault, Broken: v.Broken}
	case judge.Tie:
		return decided(name, 0.5, v.Option, v.Reason)
	case head:
		return decided(name, 1, v.Option, v.Reason)
	}
	return decided(name, 0, v.Option, v.Reason)
}

func decided(name string, value float64, answer, reason string) graders.Score {
	return graders.Score{Grader: name, Value: &value, Pass: value == 1, Answer: answer, Reason: reason}
}
