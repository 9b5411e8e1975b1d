package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

const jsonLines = `{"id": "치과", "input": "내일 치과 \ud83d\ude00", "expect": {"type": "answer", "count": {"min": 2, "max": 4}}, "tags": ["health", "has-time"], "vars": {"n": 3}}

{"id": "약속", "input": "친구랑, \"약속\"\n또", "group": "g", "note": "메모"}
`

const csvTableText = "\xEF\xBB\xBFid,input,type,count_min,count_max,tags,group,note,var:n\r\n" +
	"치과,내일 치과 😀,answer,2,4,health; has-time,,,3\r\n" +
	"\r\n" +
	"약속,\"친구랑, \"\"약속\"\"\n또\",,,,,g,메모,\r\n"

func external(file string) string {
	return "reply: {types: [answer, question]}\ngraders: [case_type]\ncases: {file: " + file + "}\n"
}

func TestCasesFromFiles(t *testing.T) {
	t.Parallel()
	two, four := 2, 4
	want := []Case{
		{
			ID: "치과", Input: "내일 치과 😀", Tags: []string{"health", "has-time"}, Vars: map[string]string{"n": "3"},
			Expect: graders.Expect{Type: "answer", Count: &graders.Range{Min: &two, Max: &four}},
		},
		{ID: "약속", Input: "친구랑, \"약속\"\n또", Group: "g", Note: "메모"},
	}
	texts := map[string]string{"cases/c.jsonl": jsonLines, "cases/sub/c.csv": csvTableText}
	lines, table := load(t, external("c.jsonl"), texts), load(t, external("sub/c.csv"), texts)
	require.Equal(t, want, all(t, lines))
	require.Equal(t, want, all(t, lines), "a second time")
	require.Equal(t, want, all(t, table))
	require.Equal(t, 2, table.Len())

	list := strings.NewReplacer(`\ud83d\ude00`, "😀", "\n\n", "\n").Replace(jsonLines)
	list = strings.ReplaceAll(strings.TrimSpace(list), "\n{", "\n  - {")
	inline := load(t, "reply: {types: [answer, question]}\ngraders: [case_type]\ncases:\n  - "+list+"\n", nil)
	require.Equal(t, want, all(t, inline))
	require.Equal(t, inline.Hash(), lines.Hash())
	require.Equal(t, inline.Hash(), table.Hash())
}

func TestProblemsOfJSONLines(t *testing.T) {
	t.Parallel()
	_, probs := parse("s.yaml", []byte(external("c.jsonl")), files(map[string]string{"c.jsonl": `{"id": "가", "input": "나", "tag": []}
{"id": "가", "input": "", "expect": {"type": "anser"}}
{"id": "다", "input"
["x"]
{"id": "라", "input": "마", "expect": {"count": {"min": "2"}}}
`}))
	require.Equal(t, `c.jsonl:1:27: unknown key "tag" (did you mean "tags"?)
c.jsonl:2:8: the id 가 appears twice (first at line 1, column 8)
c.jsonl:2:22: the input is empty
c.jsonl:2:45: expect.type "anser" is none of the suite's types (did you mean "answer"?)
c.jsonl:3:20: syntax error: the JSON value is cut off
c.jsonl:4:1: expected a mapping, found a list
c.jsonl:5:55: expected a whole number, found "2" (remove the quotes)`, probs.Err().Error())
}

func TestProblemsOfCSV(t *testing.T) {
	t.Parallel()
	csv := func(text string) string {
		_, probs := parse("s.yaml", []byte(external("c.csv")), files(map[string]string{"c.csv": text}))
		require.Error(t, probs.Err())
		return probs.Err().Error()
	}
	require.Equal(t, `c.csv:1:1: the column "input" is missing (the first line names the columns)
c.csv:1:6: unknown column "inptu" (did you mean "input"?)
c.csv:1:14: the column "id" appears twice
c.csv:1:17: a prompt cannot use a var named "할-" (use letters, digits and _, no digit first)`, csv("\"id\",  inptu,id,var:할-\n"))
	require.Equal(t, `c.csv:2:7: expect.type "anser" is none of the suite's types (did you mean "answer"?)
c.csv:2:13: expected a whole number, found "둘"
c.csv:5:1: the id 가나 appears twice (first at line 2, column 1)
c.csv:5:4: the input is empty
c.csv:5:10: expect.count: min 5 is over max 4 (swap them)
c.csv:6:1: 2 fields where the first line names 5 columns (put fields that hold a comma in double quotes)`,
		csv("id,input,type,count_min,count_max\n가나,치과,anser,둘,3\n다,\"여러\n줄\",answer,1,2\n가나,\"  \",,5,4\n라,마\n"))
	require.Equal(t, "c.csv:1:1: the file is empty (its first line names the columns: id, input, …)", csv(""))
	require.Contains(t, csv("id,input\n가,\xb0\xa1\n"), "c.csv:2:3: the field is not UTF-8 (save the table as CSV UTF-8)")
	const quotes = `put a field that holds a quote or a comma in double quotes, and write "" for a quote in it`
	require.Equal(
		t, `c.csv:2:4: the record can't be read: bare " in non-quoted-field (`+quotes+`)`, csv("id,input\n가,나\"다\n라,\n"),
	)
	require.Equal(
		t, `c.csv:5:5: the record can't be read: extraneous or missing " in quoted-field (`+quotes+`)`,
		csv("id,input\n\n가,\"나\n둘\"\n라,\"마\"바\n"), "after a record of two lines",
	)
	require.Equal(t, `c.csv:3:4: the input is empty
c.csv:4:3: the record can't be read: extraneous or missing " in quoted-field (`+quotes+`)`, csv("id,input\n가,나\n다라,\n마,\"바\n\n\n"), "a quote that is never closed")
	require.Equal(
		t, `c.csv:1:5: the record can't be read: bare " in non-quoted-field (`+quotes+`)`, csv("id,i\"nput\n가,나\n"),
	)
	require.Contains(t, csv("id,input\n"), "the suite has no cases")
}

func TestALongListOfProblemsIsCut(t *testing.T) {
	t.Parallel()
	_, probs := parse(
		"s.yaml", []byte(external("c.jsonl")), files(map[string]string{"c.jsonl": strings.Repeat("{}\n", 5000)}),
	)
	require.Less(t, len(probs), maxCaseProblems+5)
	require.Contains(t, probs.Error(), "the rest is not listed")
}

func TestALargeFileStreams(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	const n = 5000
	for i := range n {
		fmt.Fprintf(&b, `{"id":"c%d","input":"내일 %d시에 치과 가기","expect":{"type":"answer"}}`+"\n", i, i)
	}
	s := load(t, external("c.jsonl"), map[string]string{"cases/c.jsonl": b.String()})
	require.Equal(t, n, s.Len())
	require.Empty(t, s.list, "nothing stays in memory")
	require.Len(t, all(t, s), n)
}

func FuzzCaseFiles(f *testing.F) {
	f.Add(jsonLines, true)
	f.Add(csvTableText, false)
	f.Add("id,input\n\n\n\"가\",\"나\n다\"\n", false)
	f.Add("{\"id\":\"가\",\"input\":\"나\"}{}\n[]\nnull\n", true)
	f.Fuzz(func(t *testing.T, text string, lines bool) {
		name := "c.csv"
		if lines {
			name = "c.jsonl"
		}
		s, probs := parse("s.yaml", []byte(external(name)), files(map[string]string{name: text}))
		if probs.Err() == nil {
			require.Len(t, all(t, s), s.Len())
			return
		}
		for _, p := range probs {
			require.NotEmpty(t, p.File)
		}
	})
}

// However it is computed, the hash of an input is that of its canonical JSON:
// recordings of years are paired by it.
func TestInputHashIsThatOfCanonicalJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<b>&\u2028\x00\"\\", "👨‍👩‍👧 약속", "\xff"}))
		input, vars := text.Draw(t, "input"), rapid.MapOf(text, text).Draw(t, "vars")
		want, err := strictyaml.Canonical(map[string]any{"input": input, "vars": vars})
		require.NoError(t, err)
		sum := sha256.Sum256(want)
		require.Equal(t, hex.EncodeToString(sum[:]), InputHash(Case{Input: input}, vars))
	})
}
