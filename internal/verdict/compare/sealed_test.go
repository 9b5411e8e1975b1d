package compare_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// sealedRun has n cases. The first few are sealed, and those in fails get 0.
func sealedRun(name string, n, sealed int, fails func(i int) bool) *runfile.Run {
	m := made{graders: []string{"case_type"}, cases: map[string][]trial{}}
	isSealed := map[string]bool{}
	for i := range n {
		id, value := fmt.Sprintf("c%03d", i), 1.0
		if fails(i) {
			value = 0
		}
		m.cases[id], isSealed[id] = []trial{{value}}, i < sealed
	}
	m.change = func(c *runfile.Case) { c.Sealed = isSealed[c.Case] }
	return m.run(name)
}

func opened(run *runfile.Run) *runfile.Run {
	run.Header.Sealed = &runfile.Sealed{Cases: 30, Opened: &runfile.Opening{At: time.Unix(0, 0), Number: 1}}
	return run
}

// The head is better on the open cases and worse on the sealed ones.
func TestWithoutSealed(t *testing.T) {
	t.Parallel()
	run := func(name string) *runfile.Run {
		return sealedRun(name, 100, 30, func(i int) bool {
			return name == "v1" && i >= 30 && i < 60 || name == "v2" && i < 20
		})
	}
	c, base, head, err := compare.WithoutSealed(opened(run("v1")), opened(run("v2")), compare.Options{})
	require.NoError(t, err)
	require.Equal(t, compare.Improved, *c.Verdict)
	require.Equal(t, 70, c.Pairs)
	require.Len(t, base.Cases, 70, "what renderers get has no sealed case")
	require.Len(t, head.Trials, 70)
	require.Empty(t, c.Changes.Removed)
	for _, f := range c.Flips {
		require.GreaterOrEqual(t, f.Case, "c030")
	}
	require.Equal(t, compare.Regressed, *c.Sealed.Verdict)
	require.Equal(t, 30, c.Sealed.Pairs)
	require.Equal(t, 1, c.Sealed.Head.Opened.Number)
	compare.Together([]*compare.Comparison{c})
	require.Equal(t, compare.Regressed, *c.Sealed.Verdict)

	// Of sealed cases that no opening is on record for, and of those that one side lacks, there is no verdict.
	c, _, _, err = compare.WithoutSealed(run("v1"), run("v2"), compare.Options{})
	require.NoError(t, err)
	require.Nil(t, c.Sealed)
	require.Equal(t, 70, c.Pairs)
	require.Equal(t, []string{"30 cases are sealed and left out; run both revisions with --open-seal for a verdict on them"},
		c.Notes)
	closed := run("v2").Unsealed()
	closed.Header.Sealed = &runfile.Sealed{Cases: 30}
	c, _, _, err = compare.WithoutSealed(opened(run("v1")), closed, compare.Options{})
	require.NoError(t, err)
	require.Nil(t, c.Sealed)
	require.Equal(t, 70, c.Pairs)
	require.Equal(t, []string{"30 cases are sealed and left out: run run-of-v2 did not open the seal"}, c.Notes)
}

// The best of several heads is corrected for on sealed cases as well.
func TestTogetherOnSealedCases(t *testing.T) {
	t.Parallel()
	var list []*compare.Comparison
	for k := range 4 {
		head := sealedRun(fmt.Sprintf("v%d", k+2), 100, 30, func(i int) bool { return i >= 6 && i < 16 })
		base := sealedRun("v1", 100, 30, func(i int) bool { return i < 16 })
		c, _, _, err := compare.WithoutSealed(opened(base), opened(head), compare.Options{})
		require.NoError(t, err)
		require.Equal(t, compare.Improved, *c.Sealed.Verdict, "six of six flips")
		list = append(list, c)
	}
	compare.Together(list)
	for _, c := range list {
		require.Equal(t, compare.NoWorse, *c.Sealed.Verdict, "six flips are not enough for four heads")
	}
}

// Each revision is no worse than the one before, and the fourth has regressed from the
// first: an anchor shows it.
func TestChainOfNoWorseAgainstAnAnchor(t *testing.T) {
	t.Parallel()
	revision := func(k int) *runfile.Run {
		return sealedRun(fmt.Sprintf("v%d", k), 400, 0, func(i int) bool { return i < 9*k })
	}
	for k := range 4 {
		c, err := compare.Compare(revision(k), revision(k+1), compare.Options{})
		require.NoError(t, err)
		require.Equal(t, compare.NoWorse, *c.Verdict)
	}
	c, err := compare.Compare(revision(0), revision(4), compare.Options{})
	require.NoError(t, err)
	require.Equal(t, compare.Regressed, *c.Verdict)
}
