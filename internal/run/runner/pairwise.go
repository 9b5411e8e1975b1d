package runner

import (
	"context"
	"errors"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
)

// A Duel has a judge compare the replies of two runs, pair by pair.
type Duel struct {
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

// Compare puts every pair to the judge in both orders, writes what it says as a
// trial, and closes the recorder. It ends early as [Run] does.
func (d Duel) Compare(ctx context.Context, stop <-chan struct{}) (runfile.End, error) {
	var counts counter
	for _, c := range d.Cases {
		if err := d.Run.Case(c); err != nil {
			return runfile.End{}, errors.Join(err, d.Run.Close(runfile.End{Status: runfile.Incomplete, Reason: err.Error()}))
		}
	}
	interrupted, err := Each(ctx, len(d.Pairs), d.Workers, stop, func(ctx context.Context, i int) error {
		return unlessOver(ctx, d.one(ctx, d.Pairs[i], &counts))
	})
	end := endOf(&counts, len(d.Pairs), err, d.Judge.Fatal(), interrupted)
	return end, errors.Join(err, d.Run.Close(end))
}

func (d *Duel) one(ctx context.Context, p Pair, counts *counter) error {
	t := runfile.Trial{Case: p.Case.Case, Trial: p.Trial}
	paid := false
	if p.Base == p.Head {
		const same = "both replies say the same"
		t.Scores = []graders.Score{
			decided(ScorePairwise, 0.5, judge.Tie, same),
			{Grader: ScoreBaseFirst, NotApplicable: same}, {Grader: ScoreHeadFirst, NotApplicable: same},
		}
	} else {
		keep := func(c runfile.Call) error {
			paid = paid || c.Made()
			counts.call(c)
			if t.Key == "" {
				t.Key = c.Key
			}
			return d.Run.Call(c)
		}
		ledger := Ledger{Run: d.ID, Keep: keep}
		baseFirst, err := d.ask(ctx, p, judge.Pair{First: p.Base, Second: p.Head}, ledger)
		if err != nil {
			return err
		}
		headFirst, err := d.ask(ctx, p, judge.Pair{First: p.Head, Second: p.Base}, ledger)
		if err != nil {
			return err
		}
		t.Scores = settle(baseFirst, headFirst)
	}
	if err := write(d.Run, t, paid); err != nil {
		return err
	}
	counts.trial(t)
	if d.Progress != nil {
		d.Progress(Event{Trial: t})
	}
	return nil
}

// ask asks in one order.
func (d *Duel) ask(ctx context.Context, p Pair, pair judge.Pair, ledger Ledger) (judge.Verdict, error) {
	pair.About, pair.Counts = d.About, p.Counts
	b := d.Judge.Usual
	verdicts, err := d.Judge.vote(ctx, b, ledger, judge.Asking{
		Prompt: d.Judge.Prompt, Params: b.Params, Questions: []graders.Question{judge.PairQuestion()}, Vote: 1, Pair: &pair,
		Sample: graders.Sample{Case: p.Case.Case, Trial: p.Trial, Input: p.Case.Input, Vars: p.Case.Vars},
	})
	if err != nil {
		return judge.Verdict{}, err
	}
	return verdicts[0], nil
}

// settle makes the scores of a pair of the verdicts in both orders. Where the
// judge prefers another reply in the other order, that is a tie; where it has no
// verdict in one of them, there is none on the pair.
func settle(baseFirst, headFirst judge.Verdict) []graders.Score {
	one := scoreOf(ScoreBaseFirst, baseFirst, judge.Second)
	two := scoreOf(ScoreHeadFirst, headFirst, judge.First)
	both := graders.Score{Grader: ScorePairwise}
	switch {
	case one.Value == nil:
		both.Unscored = "with the base first: " + one.Unscored
	case two.Value == nil:
		both.Unscored = "with the head first: " + two.Unscored
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

// scoreOf is the verdict in one order: 1 where the head's reply, which stands at
// the given position, is preferred.
func scoreOf(name string, v judge.Verdict, head string) graders.Score {
	switch v.Option {
	case "":
		return graders.Score{Grader: name, Unscored: v.Fault}
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
