package suite

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// casesOf writes a suite: so many cases of each type, and extra ones as they are.
func casesOf(sealed string, n map[string]int, extra ...string) string {
	var b strings.Builder
	b.WriteString("reply: {types: [answer, question, invalid]}\ngraders: [case_type]\n" + sealed + "cases:\n")
	for _, typ := range []string{"answer", "question", "invalid"} {
		for i := range n[typ] {
			fmt.Fprintf(&b, "  - {id: %s-%d, input: %s %d, expect: {type: %s}}\n", typ, i, typ, i, typ)
		}
	}
	for _, line := range extra {
		b.WriteString("  - " + line + "\n")
	}
	return b.String()
}

// sealedOf are the ids of the sealed cases, sorted.
func sealedOf(s *Suite) []string { return sortedKeys(s.seal.cases) }

func TestSealIsBalancedOverTypes(t *testing.T) {
	t.Parallel()
	n := map[string]int{"answer": 100, "question": 40, "invalid": 10}
	for share, want := range map[string]map[string]int{
		"30%": {"answer": 30, "question": 12, "invalid": 3},
		"0.5": {"answer": 50, "question": 20, "invalid": 5},
		"1%":  {"answer": 1, "question": 0, "invalid": 0},
	} {
		s := load(t, casesOf("sealed: "+share+"\n", n), nil)
		found := map[string]int{"answer": 0, "question": 0, "invalid": 0}
		for c, err := range s.All() {
			require.NoError(t, err)
			if s.IsSealed(c.ID) {
				found[c.Expect.Type]++
			}
		}
		require.Equal(t, want, found, share)
		require.Equal(t, 150, s.Len()+s.Sealed())
		require.Len(t, all(t, s), s.Len(), "what is sealed is not streamed")
		require.Equal(t, s.Len(), s.Units())
		s.OpenSeal()
		require.Len(t, all(t, s), 150)
		require.Equal(t, 150, s.Len())
		require.Equal(t, 150, s.Units())
	}
}

func TestSealTakesWholeGroups(t *testing.T) {
	t.Parallel()
	var extra []string
	for group := range 30 {
		for i := range 1 + group%4 { // some groups span two types
			typ := []string{"answer", "question"}[i%2*(group%2)]
			extra = append(extra, fmt.Sprintf("{id: g%d-%d, input: %d %d, group: g%d, expect: {type: %s}}",
				group, i, group, i, group, typ))
		}
	}
	s := load(t, casesOf("sealed: 40%\n", map[string]int{"answer": 20, "question": 20}, extra...), nil)
	sealed := map[string]bool{}
	units := map[string]bool{}
	for c, err := range s.All() {
		require.NoError(t, err)
		if c.Group == "" {
			continue
		}
		before, ok := sealed[c.Group]
		require.True(t, !ok || before == s.IsSealed(c.ID), c.ID)
		sealed[c.Group] = s.IsSealed(c.ID)
		if s.IsSealed(c.ID) {
			units[c.Group] = true
		}
	}
	require.Len(t, sealed, 30)
	require.InDelta(t, 0.4*30, len(units), 6, "groups are sealed like cases")
	require.InDelta(t, 0.6*70, s.Units(), 2, "a group counts once")
}

// A new case leaves the other types alone, and of its own type at most one other
// case. Neither the order of the cases nor what they say counts.
func TestSealIsStable(t *testing.T) {
	t.Parallel()
	n := map[string]int{"answer": 40, "question": 30, "invalid": 20}
	before := load(t, casesOf("sealed: 30%\n", n), nil)
	for i := range 50 {
		line := fmt.Sprintf("{id: new-%d, input: 새 할 일 %d, expect: {type: question}}", i, i)
		after := load(t, casesOf("sealed: 30%\n", n, line), nil)
		var moved []string
		for c, err := range before.All() {
			require.NoError(t, err)
			if before.IsSealed(c.ID) != after.IsSealed(c.ID) {
				require.Equal(t, "question", c.Expect.Type)
				moved = append(moved, c.ID)
			}
		}
		require.LessOrEqual(t, len(moved), 1)
	}
	lines := strings.Split(strings.TrimSpace(casesOf("sealed: 30%\n", n)), "\n")
	slices.Reverse(lines[4:])
	turned := load(t, strings.ReplaceAll(strings.Join(lines, "\n"), "input: ", "input: 다른 "), nil)
	require.Equal(t, sealedOf(before), sealedOf(turned))

	more := load(t, casesOf("sealed: 50%\n", n), nil)
	require.Subset(t, sealedOf(more), sealedOf(before), "a greater share adds cases")
}

// The hash of a suite without a seal is what it was; a seal makes another suite of it,
// whether it is open or not.
func TestSealAndHash(t *testing.T) {
	t.Parallel()
	n := map[string]int{"answer": 10}
	open, sealed := load(t, casesOf("", n), nil), load(t, casesOf("sealed: 30%\n", n), nil)
	require.Zero(t, open.Sealed())
	require.NotEqual(t, open.Hash(), sealed.Hash())
	hash := sealed.Hash()
	sealed.OpenSeal()
	require.Equal(t, hash, sealed.Hash())
	require.Equal(t, hash, load(t, casesOf("sealed: 0.3\n", n), nil).Hash())
}

// Cases that a suite takes over stay sealed; cases of its own are not.
func TestSealIsTakenOverWithTheCases(t *testing.T) {
	t.Parallel()
	n := map[string]int{"answer": 20, "question": 20, "invalid": 20}
	texts := map[string]string{
		"cases/sealed.yaml": casesOf("sealed: 30%\n", n), "cases/open.yaml": casesOf("", n),
		"cases/lines.yaml": "graders: [format]\nsealed: 50%\ncases: {file: c.jsonl}\n",
		"cases/c.jsonl": `{"id":"a","input":"가"}` + "\n" + `{"id":"b","input":"나"}` + "\n" +
			`{"id":"c","input":"다"}` + "\n" + `{"id":"d","input":"라"}`,
	}
	direct := load(t, texts["cases/sealed.yaml"], nil)
	for data, want := range map[string]int{
		"extends: sealed.yaml\n":                                18,
		"extends: open.yaml\nsealed: 30%\n":                     18,
		"extends: sealed.yaml\nsealed: 50%\n":                   30,
		"extends: sealed.yaml\ngraders: [format]\n":             18,
		"extends: lines.yaml\n":                                 2,
		"extends: sealed.yaml\ncases:\n  - {id: a, input: 가}\n": 0,
	} {
		s := load(t, data, texts)
		require.Equal(t, want, s.Sealed(), data)
		if want == 18 {
			require.Equal(t, sealedOf(direct), sealedOf(s), "the same cases, whatever the suite is called")
		}
	}
}

func TestSealProblems(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"cases/sealed.yaml": casesOf("sealed: 200%\n", map[string]int{"answer": 3})}
	ten := map[string]int{"answer": 10}
	for data, want := range map[string]string{
		casesOf("sealed: 0%\n", ten):                          "cases/s.yaml:3:9: sealed is 0% (write a percentage from 1% to 90%, such as 30%",
		casesOf("sealed: -5%\n", ten):                         "cases/s.yaml:3:9: sealed is -5%",
		casesOf("sealed: 100%\n", ten):                        "cases/s.yaml:3:9: sealed is 100%",
		casesOf("sealed: 30\n", ten):                          "cases/s.yaml:3:9: 30 has no percent sign (write a percentage such as",
		casesOf("sealed: some\n", ten):                        "cases/s.yaml:3:9: expected a percentage, found",
		casesOf("sealed: [30%]\n", ten):                       "cases/s.yaml:3:9: expected a percentage, found a list",
		casesOf("sealed:\n", ten):                             "cases/s.yaml:3:1: sealed has no value",
		casesOf("sealed: 4%\n", ten):                          "cases/s.yaml:3:9: sealed: 4% of the cases of any type is less than one case",
		"extends: sealed.yaml\n":                              "cases/sealed.yaml:3:9: sealed is 200%",
		casesOf("seald: 30%\n", ten):                          `unknown key "seald" (did you mean "sealed"?)`,
		casesOf("sealed: 90%\n", map[string]int{"answer": 2}): "cases/s.yaml:3:9: sealed: 90% leaves no case to work with",
	} {
		_, probs := parse("cases/s.yaml", []byte(data), files(texts))
		require.ErrorContains(t, probs.Err(), want, data)
	}
}
