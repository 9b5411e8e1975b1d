package graders_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
)

// yes is a judge that likes everything.
type yes struct{}

func (yes) Ask(_ context.Context, _ graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	out := make([]graders.Verdict, len(questions))
	for i := range out {
		out[i] = graders.Verdict{Option: "yes", Reason: "좋다"}
	}
	return out, nil
}

// judgeFunc makes a judge of a function that answers one question.
type judgeFunc func(context.Context, graders.Sample, graders.Question) (graders.Verdict, error)

func (f judgeFunc) Ask(ctx context.Context, s graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	var out []graders.Verdict
	for _, q := range questions {
		v, err := f(ctx, s, q)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func verdict(option string, err error) graders.Judge {
	return judgeFunc(func(context.Context, graders.Sample, graders.Question) (graders.Verdict, error) {
		return graders.Verdict{Option: option, Reason: "이유"}, err
	})
}

func TestJudgedCriteria(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		criterion graders.Criterion
		judge     graders.Judge
		value     float64 // −1: unscored
		answer    string
		unscored  string
	}{
		"yes":    {graders.Criterion{}, verdict("yes", nil), 1, "yes", ""},
		"no":     {graders.Criterion{}, verdict("no", nil), 0, "no", ""},
		"unsure": {graders.Criterion{}, verdict("unsure", nil), -1, "unsure", "the judge is unsure: 이유"},
		"unsure may pass": {
			graders.Criterion{Pass: []string{"yes", "unsure"}}, verdict("unsure", nil), 1, "unsure", "",
		},
		"no option": {
			graders.Criterion{}, verdict("Yes", nil), -1, "", `verdict "Yes" is none of yes, no, unsure`,
		},
		"no option by substring": {graders.Criterion{}, verdict("yes, mostly", nil), -1, "", "is none of"},
		"unsure not offered": {
			graders.Criterion{Options: []string{"yes", "no"}}, verdict("unsure", nil), -1, "", "is none of yes, no",
		},
		"own options": {
			graders.Criterion{Options: []string{"상", "중", "하"}, Pass: []string{"상", "중"}}, verdict("중", nil), 1, "중", "",
		},
		"own options, failed": {
			graders.Criterion{Options: []string{"상", "중", "하"}, Pass: []string{"상", "중"}}, verdict("하", nil), 0, "하", "",
		},
		"judge down": {
			graders.Criterion{}, verdict("", errors.New("no connection")), -1, "", "asking the judge: no connection",
		},
		"judge too slow": {graders.Criterion{}, verdict("", context.DeadlineExceeded), -1, "", "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.criterion.ID, tt.criterion.Question = "tone", "말투가 부드러운가?"
			scores := grade(t, must(graders.Rubric([]graders.Criterion{tt.criterion}, tt.judge)), answered("가"))
			require.Len(t, scores, 2)
			got := scores[1]
			requireSound(t, got)
			require.Equal(t, tt.answer, got.Answer)
			if tt.value < 0 {
				require.Contains(t, got.Unscored, tt.unscored)
				require.Contains(t, scores[0].Unscored, tt.unscored, "nothing was scored")
				return
			}
			requireValue(t, tt.value, got)
			require.Equal(t, "이유", got.Reason)
			requireValue(t, tt.value, scores[0])
		})
	}
}

func TestTheJudgeSeesTheSample(t *testing.T) {
	t.Parallel()
	var asked graders.Question
	var seen graders.Sample
	judge := judgeFunc(func(_ context.Context, s graders.Sample, q graders.Question) (graders.Verdict, error) {
		asked, seen = q, s
		q.Options[0] = "spoiled"
		return graders.Verdict{Option: "no"}, nil
	})
	g := must(graders.Rubric([]graders.Criterion{{ID: "tone", Question: "말투?"}}, judge))
	for range 2 {
		scores := grade(t, g, answered("가"))
		requireValue(t, 0, scores[1])
	}
	require.Equal(t, "tone", asked.Criterion)
	require.Equal(t, "말투?", asked.Text)
	require.Equal(t, 1, asked.Votes)
	require.Equal(t, answered("가"), seen)
	require.Contains(t, string(g.Spec().Params), `"options":["yes","no","unsure"]`)
}

func TestACancelledJudgeIsAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	judge := judgeFunc(func(context.Context, graders.Sample, graders.Question) (graders.Verdict, error) {
		cancel()
		return graders.Verdict{}, errors.New("request failed")
	})
	scores, err := must(graders.Rubric([]graders.Criterion{{ID: "tone", Question: "?"}}, judge)).Grade(ctx, answered("가"))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, scores)
}

func TestRubricWeighsItsCriteria(t *testing.T) {
	t.Parallel()
	criteria := []graders.Criterion{
		{ID: "short", Check: `all(items, chars(#) < 10)`, Weight: 3},
		{ID: "many", Check: `len(items) > 5`},
		{ID: "questions", Check: `false`, AppliesTo: []string{"question"}},
		{ID: "broken", Check: `items[9] != ""`},
	}
	g := must(graders.Rubric(criteria, nil))
	scores := grade(t, g, answered("가", "나"))
	require.Len(t, scores, 5)
	require.Equal(t, "rubric", scores[0].Grader)
	require.Contains(t, scores[0].Unscored, "unscored broken (")
	require.Contains(t, scores[0].Unscored, "the mean is between 0.60 and 0.80", "3 and 4 of 5 parts")
	require.Equal(t, "applies to question, the case expects answer", scores[3].NotApplicable)
	require.NotEmpty(t, scores[4].Unscored)

	s := answered("가")
	s.Expect.Type = ""
	require.NotEmpty(t, grade(t, g, s)[3].NotApplicable)
	require.Nil(t, grade(t, g, s)[3].Value)

	none := must(graders.Rubric(criteria[2:3], nil))
	require.NotEmpty(t, grade(t, none, answered("가"))[0].NotApplicable)
	criteria[0].Check = "false"
	require.NotEmpty(t, grade(t, g, answered("가", "나"))[0].Unscored, "the grader keeps its criteria")

	// An item more must not be worse than one less.
	g = must(graders.Rubric([]graders.Criterion{
		{ID: "some", Check: `len(items) > 0`, Weight: 3}, {ID: "differ", Check: `items[1] != items[0]`},
	}, nil))
	same := grade(t, g, answered("가", "가"))[0]
	requireValue(t, 0.75, same)
	require.Equal(t, "failed differ (items[1] != items[0] is false)", same.Reason)
	single := grade(t, g, answered("가"))[0]
	require.Nil(t, single.Value)
	require.False(t, single.Pass)
	require.Contains(t, single.Unscored, "the mean is between 0.75 and 1.00")
	none = must(graders.Rubric([]graders.Criterion{{ID: "differ", Check: `items[1] != items[0]`}}, nil))
	require.Contains(t, grade(t, none, answered("가"))[0].Unscored, "no criterion could be scored: differ (")
}

func TestAnUnreadableReplyFailsARubricWithoutAJudge(t *testing.T) {
	t.Parallel()
	judge := judgeFunc(func(context.Context, graders.Sample, graders.Question) (graders.Verdict, error) {
		t.Error("the judge was asked")
		return graders.Verdict{}, nil
	})
	g := must(graders.Rubric([]graders.Criterion{
		{ID: "check", Check: "true"}, {ID: "tone", Question: "?"}, {ID: "q", Question: "?", AppliesTo: []string{"question"}},
	}, judge))
	s := answered("가")
	s.Reply = unreadableReply()
	scores := grade(t, g, s)
	for _, score := range scores[:3] {
		requireValue(t, 0, score)
		require.Contains(t, score.Reason, "unreadable")
	}
	require.NotEmpty(t, scores[3].NotApplicable)
}
