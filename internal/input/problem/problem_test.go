package problem_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/problem"
)

func TestProblemSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    problem.Problem
		want string
	}{
		{
			problem.Problem{
				File: "cases/할일.yaml", Line: 3, Column: 7, Message: "unknown key inptu", Hint: "did you mean input?",
			},
			"cases/할일.yaml:3:7: unknown key inptu (did you mean input?)",
		},
		{problem.Problem{File: "a.yaml", Line: 3, Message: "no cases"}, "a.yaml:3: no cases"},
		{problem.Problem{File: "a.yaml", Column: 3, Message: "no cases"}, "a.yaml: no cases"},
		{problem.Problem{Message: "--case and --tag together select no case"}, "--case and --tag together select no case"},
		{
			problem.Problem{File: "a.yaml", Line: 1, Column: 1, Message: "unused", Severity: problem.Warning},
			"a.yaml:1:1: warning: unused",
		},
	} {
		require.EqualError(t, tt.p, tt.want)
	}
}

func TestListIsSortedByPlace(t *testing.T) {
	t.Parallel()
	var l problem.List
	require.NoError(t, l.Err())
	l.Add(problem.Problem{File: "b", Line: 1, Message: "4"})
	l.Add(problem.Problem{File: "a", Line: 10, Message: "3"})
	l.Add(problem.Problem{File: "a", Line: 2, Column: 9, Message: "2"})
	l.Add(problem.Problem{File: "a", Line: 2, Column: 1, Message: "1"})
	l.Add(problem.Problem{File: "a", Line: 1, Message: "0", Severity: problem.Warning})
	require.EqualError(t, l.Err(), "a:2:1: 1\na:2:9: 2\na:10: 3\nb:1: 4")
	require.Len(t, l.Only(problem.Warning), 1)
	require.NoError(t, l.Only(problem.Warning).Err(), "warnings stop nothing")
}

func TestFrom(t *testing.T) {
	t.Parallel()
	one := problem.Problem{File: "a", Line: 1, Message: "wrong"}
	require.Empty(t, problem.From(nil))
	require.Equal(t, problem.List{one}, problem.From(fmt.Errorf("loading: %w", one)))
	require.Equal(t, problem.List{one, one}, problem.From(fmt.Errorf("loading: %w", problem.List{one, one})))
	require.Equal(t, problem.List{{Message: "no such file"}}, problem.From(errors.New("no such file")))
}
