package judge_test

import (
	"context"
	"errors"

	"promptbench/graders"
)

// none is a judge that is never asked.
type none struct{}

func (none) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, errors.New("not to be asked")
}
