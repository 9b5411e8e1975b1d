package suite

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExtend(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"cases/base.yaml": good}
	base := load(t, good, nil)
	s := load(
		t, "extends: base.yaml\ngraders:\n  - rubric: {criteria: [{id: tone, question: 부드러운가, applies_to: [answer]}]}\n",
		texts,
	)
	require.Equal(t, "s", s.Name, "a name is a suite's own")
	require.Empty(t, s.Description)
	require.Equal(t, base.Vars, s.Vars)
	require.Equal(t, base.Rules, s.Rules)
	require.Equal(t, all(t, base), all(t, s))
	require.Equal(t, base.Tags(), s.Tags())
	require.Equal(t, []string{"rubric", "rubric/tone"}, s.ScoreNames())
	require.NotEqual(t, base.Hash(), s.Hash())

	whole := load(t, "extends: base.yaml\n", texts)
	require.Equal(t, base.Hash(), whole.Hash(), "where things stand does not matter")
	require.Equal(t, "cases/base.yaml", whole.Graders[0].File)

	other := load(
		t,
		"extends: base.yaml\nvars: {today: 화}\ngraders: [case_type]\ncases:\n  - {id: a, input: 나, expect: {type: answer}}\n",
		texts,
	)
	require.Equal(t, map[string]string{"today": "화"}, other.Vars)
	require.Equal(t, 1, other.Len())

	elsewhere := map[string]string{
		"shared/base.yaml": "reply: {json: {type: $.a, items: $.b, schema: s.json}}\ngraders: [format]\ncases: {file: " +
			"c.jsonl}\n",
		"shared/s.json":  `{"type": "object"}`,
		"shared/c.jsonl": `{"id": "a", "input": "나"}` + "\n",
	}
	far := load(t, "extends: ../shared/base.yaml\ndescription: x\n", elsewhere)
	require.JSONEq(t, `{"type":"object"}`, far.Rules.JSON.Schema, "paths are relative to the file that they stand in")
	require.Len(t, all(t, far), 1)
}

func TestExtendProblems(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"cases/base.yaml":  good,
		"cases/chain.yaml": "extends: base.yaml\n",
		"cases/bad.yaml":   "graders: [formt]\ncases:\n  - {id: a, inptu: b, expect: {type: c}}\n",
		"cases/empty.yaml": "",
	}
	for data, want := range map[string]string{
		"extends: none.yaml\n": "cases/s.yaml:1:10: reading the suite none.yaml: file does not " +
			"exist (the path is relative to this file)",
		"extends: chain.yaml\n": "cases/s.yaml:1:10: the suite chain.yaml extends another one itself " +
			"(extend that one)",
		"extends: empty.yaml\n":             "cases/empty.yaml:1:1: the file is empty",
		"extends:\n":                        "cases/s.yaml:1:9: extends names no suite",
		"extends: [base.yaml]\n":            "cases/s.yaml:1:10: expected text, found a list",
		"extends: base.yaml\ngraders: []\n": "cases/s.yaml:2:10: the suite has no graders",
		"extends: base.yaml\nreply: {types: [a]}\n": `cases/base.yaml:19:20: expect.type "answer" is none of the suite's ` +
			`types`,
		"extends: bad.yaml\n":                         `cases/bad.yaml:1:11: unknown grader "formt"`,
		"extends: bad.yaml\ngraders: [format]\n":      `cases/bad.yaml:3:13: unknown key "inptu" (did you mean "input"?)`,
		"graders: [format]\ncases: {file: base.yaml}": "to have the cases of another suite, write extends: that suite",
	} {
		_, probs := parse("cases/s.yaml", []byte(data), files(texts))
		require.ErrorContains(t, probs.Err(), want, data)
	}
}

func TestCommittedJudgedSuite(t *testing.T) {
	t.Parallel()
	plain, probs := Load("../../../cases/subtodos.yaml")
	require.Empty(t, probs)
	judged, probs := Load("../../../cases/subtodos-judged.yaml")
	require.Empty(t, probs)
	require.False(t, plain.Judged(), "the main suite asks nobody")
	require.True(t, judged.Judged())
	require.Equal(t, all(t, plain), all(t, judged))
	require.Equal(t, plain.Rules, judged.Rules)
	require.Equal(t, plain.Vars, judged.Vars)
}
