package graders_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
)

// bench answers by criterion, and keeps which were asked together.
type bench struct {
	verdicts map[string]graders.Verdict
	err      error
	calls    []string
}

func (b *bench) Ask(_ context.Context, _ graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	var ids []string
	var out []graders.Verdict
	for _, q := range questions {
		ids = append(ids, fmt.Sprintf("%s%s×%d", q.Criterion, q.Judge, q.Votes))
		out = append(out, b.verdicts[q.Criterion])
	}
	b.calls = append(b.calls, strings.Join(ids, " "))
	return out, b.err
}

func TestOneCallEachOrOneForAll(t *testing.T) {
	t.Parallel()
	question := func(id string, batch bool, judge string, votes int) graders.Criterion {
		return graders.Criterion{ID: id, Question: "?", Batch: batch, Judge: judge, Votes: votes}
	}
	criteria := []graders.Criterion{
		question("a", true, "", 0), question("b", false, "", 0), {ID: "check", Check: "false"}, question("c", true, "", 1),
		question("d", true, "/strong", 0), question("e", true, "", 3), question("f", true, "", 3),
		{ID: "other", Question: "?", Batch: true, AppliesTo: []string{"question"}},
	}
	b := &bench{verdicts: map[string]graders.Verdict{
		"a": {Option: "yes", Reason: "가"}, "b": {Option: "no", Reason: "나"}, "c": {Unscored: "half a verdict"},
		"d": {Option: "unsure", Reason: "라"}, "e": {Option: "yes", Reason: "마", Share: 2. / 3}, "f": {},
	}}
	scores := grade(t, must(graders.Rubric(criteria, b)), answered("가"))
	require.Equal(t, []string{"a×1 c×1", "b×1", "d/strong×1", "e×3 f×3"}, b.calls)
	var got []string
	for _, s := range scores[1:] {
		requireSound(t, s)
		got = append(got, fmt.Sprint(s.Grader, " ", s.Answer, s.Unscored))
	}
	require.Equal(t, []string{
		"rubric/a yes", "rubric/b no", "rubric/check ", "rubric/c half a verdict",
		"rubric/d unsurethe judge is unsure: 라", "rubric/e yes",
		`rubric/f the judge's verdict "" is none of yes, no, unsure`, "rubric/other ",
	}, got)
	require.InDelta(t, 2./3, scores[6].Share, 1e-12)
	require.Contains(t, scores[0].Unscored, "the mean is between 0.29 and 0.71", "2 and 5 of 7")
	require.NotEmpty(t, scores[8].NotApplicable)
}

// A judge that answers another number of questions has answered none.
func TestVerdictsMustMatchTheQuestions(t *testing.T) {
	t.Parallel()
	scores := grade(t, must(graders.Rubric([]graders.Criterion{{ID: "a", Question: "?"}}, silent{})), answered("가"))
	require.Equal(t, "asking the judge: 0 verdicts for 1 questions", scores[1].Unscored)
}

type silent struct{}

func (silent) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, nil
}

func TestAJudgeThatIsStoppedEndsTheGrading(t *testing.T) {
	t.Parallel()
	b := &bench{err: errors.Join(graders.ErrStopped, errors.New("the key was refused"))}
	g := must(graders.Rubric([]graders.Criterion{{ID: "a", Question: "?"}, {ID: "b", Question: "?"}}, b))
	scores, err := g.Grade(t.Context(), answered("가"))
	require.ErrorIs(t, err, graders.ErrStopped)
	require.Empty(t, scores)
	require.Len(t, b.calls, 1)
}
