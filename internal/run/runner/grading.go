package runner

import (
	"context"
	"fmt"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

// Grading turns finished calls into graded trials: it reads the reply and has
// every grader score it. Its methods may be called from many goroutines.
type Grading struct {
	Reader    *reply.Reader
	Transform graders.Transformer // makes the text that is read of a reply; nil: it is read as it is
	Graders   []graders.Grader
	Price     *params.Price // of the model that replied; nil where it is unknown
}

// Trial grades the replies of one trial: one call, or those of a conversation up to
// its last. A call that failed for good becomes a trial with its
// error and no score, but for a prompt over the model's context: that is the
// prompt's doing and scores 0, as a reply does that was cut by length or
// refused by a content filter. About these no judge is asked; what one is asked
// about the others goes to the calls.
func (g Grading) Trial(
	ctx context.Context, c runfile.Case, replies []runfile.Call, format reply.Format, calls JudgeCalls,
) (runfile.Trial, error) {
	call := &replies[len(replies)-1]
	t := runfile.Trial{Case: c.Case, Trial: call.Trial, Key: call.Key}
	failure := FailureOf(&c, replies)
	if call.Error != nil && failure == "" {
		t.Error = call.Error
		return t, nil
	}
	samples, ends := g.samples(&c, replies, format), turnEnds(&c, replies)
	broken, err := g.transform(ctx, samples, replies, ends)
	if err != nil {
		return t, fmt.Errorf("grading case %s: %w", c.Case, err)
	}
	read := samples[len(ends)-1].Reply
	t.Read = &runfile.Read{
		Format: read.Format, Type: read.Type, Items: orEmpty(read.Items), Defects: orEmpty(read.Defects),
	}
	if g.Transform != nil {
		t.Read.Transformed = &read.Text
	}
	if failure == "" && broken == "" {
		ctx = withJudgeCalls(ctx, calls)
	}
	for _, grader := range g.Graders {
		scores, err := graders.GradeTurns(ctx, grader, samples)
		if err != nil {
			return t, fmt.Errorf("grading case %s with %s: %w", c.Case, grader.Spec().Name, err)
		}
		t.Scores = append(t.Scores, scores...)
	}
	switch {
	case failure != "":
		t.Scores = graders.Fail(t.Scores, failure)
	case broken != "":
		t.Scores = graders.Break(t.Scores, "the transform of the reply: "+broken)
	}
	return t, nil
}

// Failure says why a call counts as failed as a whole by the prompt's doing, or
// is empty.
func Failure(call runfile.Call) string {
	if call.Error != nil {
		switch model.Kind(call.Error.Kind) {
		case model.KindContextLength:
			return "the prompt is over the model's context: " + call.Error.Message
		case model.KindContentFilter:
			return "the prompt was refused by the provider's content filter: " + call.Error.Message
		default:
			return ""
		}
	}
	switch model.FinishReason(call.FinishReason) { // older run files have the endpoint's word
	case model.FinishLength:
		return "the reply was cut by length; raise maxTokens or ask for less"
	case model.FinishContentFilter:
		return "the reply was refused by the provider's content filter"
	case model.FinishInvalid:
		return "the endpoint withheld the reply, since it does not have the responseFormat that was asked for"
	}
	return ""
}

// Specs lists what the graders are, in order, for the header of a run.
func (g Grading) Specs() []graders.Spec {
	specs := make([]graders.Spec, len(g.Graders))
	for i, grader := range g.Graders {
		specs[i] = grader.Spec()
	}
	return specs
}

// orEmpty keeps an empty list from becoming null in the run file.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
