package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
)

// A Judge puts the questions of a rubric to models. Its calls are answered from
// recordings like any other, and go to the [Ledger] of the trial that they are
// for. The same question about the same reply is asked once in a job.
type Judge struct {
	Prompt *prompt.Prompt
	Usual  *Bench            // is asked where a criterion names no judge
	Named  map[string]*Bench // the judges that criteria name

	// Asked is how often each question has been asked before by a judge of the
	// same job: the votes of this one count from there.
	Asked int
	// Reversed lists the options in reverse order, to see whether that matters.
	Reversed bool
	// Wanted, where it is not nil, says whether a call with these questions about
	// this reply is worth making.
	Wanted func(s graders.Sample, questions []graders.Question) bool

	memo memo
}

// A Bench is one model that judges.
type Bench struct {
	Asker  *Asker
	Params params.Params // in force: those of the judge's prompt over the config's

	plain atomic.Bool // the endpoint has refused structured output
}

// A Ledger takes down what a judge is asked about one trial.
type Ledger struct {
	Run  string                   // the id of the run that the trial belongs to
	Keep func(runfile.Call) error // records a finished call
}

type ledgerKey struct{}

func withLedger(ctx context.Context, d Ledger) context.Context {
	return context.WithValue(ctx, ledgerKey{}, d)
}

// errNoLedger is met where a reply has failed as a whole, so that its scores are
// 0 whatever a judge would say.
var errNoLedger = errors.New("no judge is asked about a reply that failed as a whole")

var errNotWanted = errors.New("nobody has labelled it")

// Fatal returns the error after which no judge is asked any more, or nil. The
// judge may be nil.
func (j *Judge) Fatal() *runfile.Error {
	if j == nil {
		return nil
	}
	for _, b := range j.benches() {
		if e := b.Asker.Fatal(); e != nil {
			said := *e
			said.Message = "the judge: " + e.Message
			return &said
		}
	}
	return nil
}

func (j *Judge) benches() []*Bench {
	out := make([]*Bench, 0, 1+len(j.Named))
	if j.Usual != nil {
		out = append(out, j.Usual)
	}
	for _, b := range j.Named {
		out = append(out, b)
	}
	return out
}

// Ask implements [graders.Judge].
func (j *Judge) Ask(ctx context.Context, s graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	ledger, ok := ctx.Value(ledgerKey{}).(Ledger)
	if !ok {
		return nil, errNoLedger
	}
	if j.Wanted != nil && !j.Wanted(s, questions) {
		return nil, errNotWanted
	}
	b := j.Usual
	if name := questions[0].Judge; name != "" && j.Named[name] != nil {
		b = j.Named[name]
	}
	if b == nil {
		return nil, errors.New("no judge is named for it")
	}
	if j.Reversed {
		for i := range questions {
			slices.Reverse(questions[i].Options)
		}
	}
	votes := make([][]judge.Verdict, len(questions))
	for n := 1; n <= questions[0].Votes; n++ {
		vote, err := j.vote(ctx, b, ledger, judge.Asking{Prompt: j.Prompt, Params: b.Params, Sample: s, Questions: questions, Vote: j.Asked*questions[0].Votes + n})
		if err != nil {
			return nil, err
		}
		for i, v := range vote {
			votes[i] = append(votes[i], v)
		}
	}
	out := make([]graders.Verdict, len(questions))
	for i := range out {
		out[i] = judge.Majority(votes[i])
	}
	return out, nil
}

// vote asks once, and once more for those questions that the answer has no
// verdict on.
func (j *Judge) vote(ctx context.Context, b *Bench, ledger Ledger, a judge.Asking) ([]judge.Verdict, error) {
	verdicts, answered, err := j.read(ctx, b, ledger, a)
	if err != nil || !answered {
		return verdicts, err
	}
	var open []int
	again := a
	again.Questions = nil
	for i, v := range verdicts {
		if v.Fault != "" {
			open, again.Questions, again.Before = append(open, i), append(again.Questions, a.Questions[i]), v.Fault
		}
	}
	if len(open) == 0 {
		return verdicts, nil
	}
	second, answered, err := j.read(ctx, b, ledger, again)
	if err != nil {
		return nil, err
	}
	for k, i := range open {
		verdicts[i] = second[k]
		if answered && second[k].Fault != "" {
			verdicts[i].Fault += ", asked twice"
		}
	}
	return verdicts, nil
}

// read makes one call, and reports whether it was answered: what an answer
// says, or why there is none, stands in the verdicts.
func (j *Judge) read(ctx context.Context, b *Bench, ledger Ledger, a judge.Asking) (verdicts []judge.Verdict, answered bool, err error) {
	call, err := j.call(ctx, b, ledger, a)
	if err != nil {
		if errors.Is(err, errStopped) {
			err = errors.Join(graders.ErrStopped, err)
		}
		return nil, false, err
	}
	if fault := faultOf(call); fault != "" {
		verdicts = make([]judge.Verdict, len(a.Questions))
		for i := range verdicts {
			verdicts[i].Fault = fault
		}
		return verdicts, call.Error == nil, nil
	}
	return judge.Read(call.Reply, a.Questions), true, nil
}

// faultOf says why a finished call can hold no verdict, whatever its text is.
func faultOf(call runfile.Call) string {
	switch {
	case call.Error != nil:
		return "the judge gave no answer: " + call.Error.Message
	case call.FinishReason == "length":
		return "the judge's answer was cut by length"
	case call.FinishReason == "content_filter":
		return "the judge's answer was refused by the provider's content filter"
	case call.FinishReason == model.FinishRefusal:
		return "the judge refused to answer"
	}
	return ""
}

// call makes one call and records it. An endpoint that does not know structured
// output is asked without it from then on.
func (j *Judge) call(ctx context.Context, b *Bench, ledger Ledger, a judge.Asking) (runfile.Call, error) {
	ids := make([]string, len(a.Questions))
	for i, q := range a.Questions {
		ids[i] = q.Criterion
	}
	purpose := runfile.ForJudge
	if a.Pair != nil {
		purpose = runfile.ForPairwise
	}
	p := Purpose{For: purpose, Case: a.Sample.Case, Trial: a.Sample.Trial, Criterion: strings.Join(ids, ","), Vote: a.Vote}
	structured, err := a.Request()
	if err != nil {
		return runfile.Call{}, fmt.Errorf("asking the judge about case %s: %w", p.Case, err)
	}
	a.Plain = true
	plain, err := a.Request()
	if err != nil {
		return runfile.Call{}, fmt.Errorf("asking the judge about case %s: %w", p.Case, err)
	}
	requests := []model.Request{structured, plain}
	if structured.ResponseFormat == plain.ResponseFormat {
		requests = requests[:1]
	}
	for _, r := range requests {
		if call, ok, err := b.Asker.Recall(p, r); ok || err != nil {
			return keep(ledger, call, err)
		}
	}
	if len(requests) > 1 && b.plain.Load() {
		requests = requests[1:]
	}
	var call runfile.Call
	for i, r := range requests {
		call, err = j.memo.ask(ctx, b.Asker, p, r, ledger.Run)
		call, err = keep(ledger, call, err)
		if err != nil || i == 0 && !refusesFormat(call, r) {
			break
		}
		if i > 0 && call.Error == nil {
			b.plain.Store(true)
		}
	}
	if err == nil && call.Error != nil && b.Asker.Fatal() != nil {
		err = errStopped
	}
	return call, err
}

func keep(ledger Ledger, call runfile.Call, err error) (runfile.Call, error) {
	if err == nil {
		err = ledger.Keep(call)
	}
	return call, err
}

// refusesFormat reports whether a request may have failed for its response
// format.
func refusesFormat(call runfile.Call, r model.Request) bool {
	return r.ResponseFormat != "" && call.Error != nil && call.Error.Kind == string(model.KindBadRequest)
}
