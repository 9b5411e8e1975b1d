package runner

import (
	"context"
	"errors"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// transform replaces what was read of the last reply of each turn by what is read of its transformed text. Where a
// reply is at fault, it has no text, and a defect says why. Broken says why the transform itself failed.
func (g Grading) transform(
	ctx context.Context, samples []graders.Sample, replies []runfile.Call, ends []int,
) (broken string, err error) {
	if g.Transform == nil {
		return "", nil
	}
	for i, end := range ends {
		last, s := replies[end-1], &samples[i]
		if last.Error != nil || Failure(last) != "" {
			continue
		}
		of := s.Reply
		text, err := g.Transform.Transform(ctx, *s)
		fault, isFault := errors.AsType[*graders.TransformError](err)
		switch {
		case isFault:
			s.Reply = reply.Reply{Thinking: of.Thinking, Untyped: of.Untyped, Defects: []reply.Defect{
				{Code: reply.CodeTransform, Detail: "the transform fails: " + fault.Reason},
			}}
			if fault.Broken && broken == "" {
				broken = fault.Reason
			}
		case err != nil:
			return "", err
		default:
			s.Reply = g.Reader.Read(text, of.Thinking, s.Format)
		}
		s.Reply.Raw = of.Raw
	}
	return broken, nil
}
