package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
// recordings like any other, and go to the [JudgeCalls] of the trial that they are
// for. The same question about the same reply is asked once in a job.
type Judge struct {
	Prompt  *prompt.Prompt
	Default *JudgeModel            // answers the criteria that name no judge
	Named   map[string]*JudgeModel // the judges that criteria name

	// Repeat is the number of judges of the same job that ask the same questions
	// before this one: its votes count from there.
	Repeat int
	// Reversed lists the options in reverse order, to see whether that matters.
	Reversed bool
	// IsWanted reports whether a call with these questions about this reply is worth
	// making; nil: all are.
	IsWanted func(s graders.Sample, questions []graders.Question) bool

	memo memo
}

// A JudgeModel is one model that judges.
type JudgeModel struct {
	Asker  *Asker
	Params params.Params // in force: those of the judge's prompt over the config's

	plain         atomic.Bool // the endpoint has refused structured output
	noTemperature atomic.Bool // it has refused a temperature
}

// JudgeCalls says where the calls of a judge about one trial are recorded. It
// passes through the context, as graders outside of this module call the judge.
type JudgeCalls struct {
	Run    string                   // the id of the run that the trial belongs to
	Record func(runfile.Call) error // takes a finished call
}

type judgeCallsKey struct{}

func withJudgeCalls(ctx context.Context, c JudgeCalls) context.Context {
	return context.WithValue(ctx, judgeCallsKey{}, c)
}

// Fatal returns the error after which no judge is asked any more, or nil. The
// judge may be nil.
func (j *Judge) Fatal() *runfile.Error {
	if j == nil {
		return nil
	}
	for _, m := range append(slices.Collect(maps.Values(j.Named)), j.Default) {
		if m == nil {
			continue
		}
		if e := m.Asker.fatalFor("the judge"); e != nil {
			return e
		}
	}
	return nil
}

// Ask implements [graders.Judge].
func (j *Judge) Ask(ctx context.Context, s graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	calls, ok := ctx.Value(judgeCallsKey{}).(JudgeCalls)
	m := cmp.Or(j.Named[questions[0].Judge], j.Default)
	why := ""
	switch {
	case !ok: // it scores 0, whatever a judge would say
		why = "no judge is asked about a reply that failed as a whole"
	case j.IsWanted != nil && !j.IsWanted(s, questions):
		why = "nobody has labelled it"
	case m == nil:
		why = "no judge is named for it"
	}
	if why != "" {
		return slices.Repeat([]graders.Verdict{{Unscored: why}}, len(questions)), nil
	}
	if j.Reversed {
		for i := range questions {
			slices.Reverse(questions[i].Options)
		}
	}
	votes := make([][]judge.Verdict, len(questions))
	for n := 1; n <= questions[0].Votes; n++ {
		vote, err := j.vote(ctx, m, calls, judge.Call{
			Prompt: j.Prompt, Params: m.Params, Sample: s, Questions: questions, Vote: j.Repeat*questions[0].Votes + n,
		})
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
func (j *Judge) vote(ctx context.Context, m *JudgeModel, calls JudgeCalls, a judge.Call) ([]judge.Verdict, error) {
	verdicts, answered, err := j.read(ctx, m, calls, a)
	if err != nil || !answered {
		return verdicts, err
	}
	var open []int
	again := a
	again.Questions = nil
	for i, v := range verdicts {
		if v.Fault != "" {
			open, again.Questions, again.LastFault = append(open, i), append(again.Questions, a.Questions[i]), v.Fault
		}
	}
	if len(open) == 0 {
		return verdicts, nil
	}
	second, answered, err := j.read(ctx, m, calls, again)
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

// read makes one call, and reports whether it was answered. The verdicts hold what
// the answer says, or why there is none.
func (j *Judge) read(
	ctx context.Context, m *JudgeModel, calls JudgeCalls, a judge.Call,
) (verdicts []judge.Verdict, answered bool, err error) {
	call, err := j.call(ctx, m, calls, a)
	if err != nil {
		if errors.Is(err, errStopped) {
			err = errors.Join(graders.ErrStopped, err)
		}
		return nil, false, err
	}
	if fault := faultOf(call); fault != "" {
		v := judge.Verdict{Fault: fault, Broken: isBroken(call.Error)}
		return slices.Repeat([]judge.Verdict{v}, len(a.Questions)), call.Error == nil, nil
	}
	return judge.Read(call.Reply, a.Questions, m.Asker.Target.Thinking...), true, nil
}

// faultOf says why a finished call can hold no verdict, whatever its text is.
func faultOf(call runfile.Call) string {
	reason := model.FinishReason(call.FinishReason)
	switch {
	case call.Error != nil:
		return "the judge gave no answer: " + call.Error.Message
	case reason == model.FinishLength:
		return "the judge's answer was cut by length"
	case reason == model.FinishContentFilter:
		return "the judge's answer was refused by the provider's content filter"
	case reason == model.FinishRefusal:
		return "the judge refused to answer"
	}
	return ""
}

// isBroken reports whether a call failed because of the judge or the way to it: it was
// made, and what was asked is not the reason.
func isBroken(e *runfile.Error) bool {
	return e != nil && !slices.Contains(
		[]string{runfile.KindNotRecorded, string(model.KindContextLength), string(model.KindContentFilter)}, e.Kind)
}

// call makes one call and records it. An endpoint that refuses structured output or
// a temperature is asked without it from then on.
func (j *Judge) call(ctx context.Context, m *JudgeModel, calls JudgeCalls, a judge.Call) (runfile.Call, error) {
	ids := make([]string, len(a.Questions))
	for i, q := range a.Questions {
		ids[i] = q.Criterion
	}
	purpose := runfile.ForJudge
	if a.Pair != nil {
		purpose = runfile.ForPairwise
	}
	p := Purpose{For: purpose, Case: a.Sample.Case, Trial: a.Sample.Trial, Criterion: strings.Join(ids, ","), Vote: a.Vote}
	for form := range 4 {
		a.Plain, a.NoTemperature = form&1 != 0, form&2 != 0
		r, err := judgeRequest(a)
		if err != nil {
			return runfile.Call{}, err
		}
		if call, ok, err := m.Asker.Recall(p, r); ok || err != nil {
			return keep(calls, call, err)
		}
	}
	a.Plain, a.NoTemperature = m.plain.Load(), m.noTemperature.Load()
	for {
		r, err := judgeRequest(a)
		if err != nil {
			return runfile.Call{}, err
		}
		call, err := j.memo.ask(ctx, m.Asker, p, r, calls.Run)
		call, err = keep(calls, call, err)
		switch {
		case err != nil:
			return call, err
		case call.Error == nil:
			if a.Plain {
				m.plain.Store(true)
			}
			if a.NoTemperature {
				m.noTemperature.Store(true)
			}
			return call, nil
		case !r.CanDoWithout(&model.Error{
			Kind: model.Kind(call.Error.Kind), Status: call.Error.Status, Param: call.Error.Param,
		}):
			if m.Asker.Fatal() != nil {
				err = errStopped
			}
			return call, err
		case call.Error.Param == model.ParamTemperature:
			a.NoTemperature = true
		default:
			a.Plain = true
		}
	}
}

// judgeRequest makes the request of a judge's call, and says what it can be asked without.
func judgeRequest(a judge.Call) (model.Request, error) {
	r, err := a.Request()
	if err != nil {
		return r, fmt.Errorf("asking the judge about case %s: %w", a.Sample.Case, err)
	}
	if !a.Plain && a.Prompt.ResponseFormat == "" {
		r.Optional = append(r.Optional, model.ParamResponseFormat)
	}
	if r.Params.Temperature != nil {
		r.Optional = append(r.Optional, model.ParamTemperature)
	}
	return r, nil
}

func keep(calls JudgeCalls, call runfile.Call, err error) (runfile.Call, error) {
	if err == nil {
		err = calls.Record(call)
	}
	return call, err
}
