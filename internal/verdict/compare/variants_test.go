package compare_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// Seven one-way flips reach p < .05 alone, and not as one of four comparisons: the
// p of all are adjusted together.
func TestAdjustVariantsTogether(t *testing.T) {
	t.Parallel()
	base, worse := flips(0, 7, 20, 3)
	_, even := flips(0, 0, 27, 3)
	for i := range 7 { // as many flips as those of the worse one, so that no test is idle
		even.cases[fmt.Sprintf("case-%04d", 23+i)] = []trial{{float64(i / 4)}}
	}
	base0 := base.run("v2")
	var heads []*runfile.Run
	var list []*compare.Comparison
	for _, name := range []string{"v3", "v4", "v5", "v6"} {
		head := worse.run(name)
		if name != "v3" {
			head = even.run(name)
		}
		c, err := compare.Compare(base0, head, compare.Options{})
		require.NoError(t, err)
		heads, list = append(heads, head), append(list, c)
	}
	alone := only(t, list[0])
	require.Equal(t, compare.Regressed, *alone.Verdict)
	warnings := len(alone.Warnings)
	p := make([]float64, len(list))
	for i, c := range list {
		p[i] = *only(t, c).P
	}

	v := compare.NewVariants(base0, heads, list)
	for i, c := range v.Comparisons {
		require.InDelta(t, min(1, 4*p[i]), *only(t, c).PAdjusted, 1e-12, "all four are open at K = 4")
	}
	together := only(t, v.Comparisons[0])
	require.Equal(t, compare.Inconclusive, *together.Verdict)
	require.Equal(t, compare.Inconclusive, *v.Comparisons[0].Verdict)
	require.Contains(t, v.Comparisons[0].Headline, "too few to call it worse than v2")
	require.Greater(t, len(together.Warnings), warnings, "what would settle it")
	require.Len(t, v.Variants, 5)
	require.Equal(t, "v2", v.Variants[0].Name)
	require.InDelta(t, 0.9, *v.Variants[0].Graders["case_type"].Mean, 1e-12)
	require.InDelta(t, 20./30, *v.Variants[1].Graders["case_type"].Mean, 1e-12)

	again := compare.NewVariants(base0, heads, list)
	require.Equal(t, together, only(t, again.Comparisons[0]), "deciding again changes nothing")
}

// One other variant is a comparison as any other.
func TestTwoVariantsAreOneComparison(t *testing.T) {
	t.Parallel()
	base, head := flips(1, 8, 20, 3)
	a, b := base.run("v3"), head.run("v3")
	b.Header.Run, b.Header.Model = "other run", runfile.Model{Name: "new", Endpoint: "openai", ID: "model-2"}
	c, err := compare.Compare(a, b, compare.Options{Variants: true})
	require.NoError(t, err)
	before := only(t, c)
	v := compare.NewVariants(a, []*runfile.Run{b}, []*compare.Comparison{c})
	require.Equal(t, before, only(t, v.Comparisons[0]))
	require.Equal(t, "local", c.Base.Name)
	require.Equal(t, "new", c.Head.Name)
	require.Contains(t, c.Headline, "new is worse than local at case_type")
	require.Empty(t, c.Notes)

	_, err = compare.Compare(a, b, compare.Options{})
	require.ErrorContains(t, err, "--allow model", "another model is refused unless it is named")
	b.Header.Model = a.Header.Model
	_, err = compare.Compare(a, b, compare.Options{Variants: true})
	require.ErrorContains(t, err, "the same prompt")
}

func TestNameByWhatDiffers(t *testing.T) {
	t.Parallel()
	warm := 0.7
	run := func(prompt, name, endpoint, id string) runfile.Header {
		return runfile.Header{
			Prompt: runfile.Prompt{Name: prompt}, Model: runfile.Model{Name: name, Endpoint: endpoint, ID: id},
		}
	}
	withTemperature := run("v3", "b", "local", "m")
	withTemperature.Model.Params = params.Params{Temperature: &warm}
	ownTemperature := run("v4", "b", "local", "m")
	ownTemperature.Prompt.Hash, ownTemperature.Model.Params = "other", withTemperature.Model.Params
	for name, test := range map[string]struct {
		runs []runfile.Header
		want []string
	}{
		"prompts":         {[]runfile.Header{run("v2", "a", "local", "m"), run("v3", "a", "local", "m")}, []string{"v2", "v3"}},
		"nothing":         {[]runfile.Header{run("v3", "a", "local", "m"), run("v3", "a", "local", "m")}, []string{"v3", "v3"}},
		"models":          {[]runfile.Header{run("v3", "a", "local", "m"), run("v3", "b", "local", "n")}, []string{"a", "b"}},
		"both":            {[]runfile.Header{run("v2", "a", "local", "m"), run("v3", "b", "local", "n")}, []string{"v2 · a", "v3 · b"}},
		"a renamed model": {[]runfile.Header{run("v2", "a", "local", "m"), run("v3", "b", "local", "m")}, []string{"v2", "v3"}},
		"parameters":      {[]runfile.Header{run("v3", "a", "local", "m"), withTemperature}, []string{"a", "b"}},
		"parameters of a prompt, on a renamed model": {
			[]runfile.Header{run("v3", "a", "local", "m"), ownTemperature}, []string{"v3", "v4"},
		},
		"one name for two models": {
			[]runfile.Header{run("v3", "a", "local", "m"), run("v3", "a", "local", "n")}, []string{"m", "n"},
		},
		"one name and id at two endpoints": {
			[]runfile.Header{run("v3", "a", "x", "m"), run("v3", "a", "y", "m")}, []string{"m (x)", "m (y)"},
		},
		"no name": {[]runfile.Header{run("v3", "", "x", "m"), run("v3", "", "x", "n")}, []string{"m", "n"}},
	} {
		require.Equal(t, test.want, compare.Names(test.runs), name)
	}
}
