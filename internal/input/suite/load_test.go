package suite

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/problem"
)

const good = `suite: 할일
description: 작은 모음
vars: {today: 2026-11-23 (월)}
reply:
  types: [answer, question, invalid]
  json: {type: $.subtodos.type, items: "$.subtodos.content[*].subtodoContent", schema: {type: object}}
  xml: {type: //subtodos/@type, items: //subtodos}
  refusal: 할 일이 아니에요.
graders:
  - case_type
  - subtodo_count: {answer: {min: 2, max: 5}, invalid: {max: 0}}
  - rubric:
      criteria:
        - {id: short, check: "all(items, chars(#) <= 40)", applies_to: [answer]}
        - {id: actionable, question: "바로 할 수 있나요?"}
cases:
  - id: dentist-10
    input: 내일 오전 10시에 치과 가기
    expect: {type: answer, count: {min: 2, max: 4}}
    tags: [health, has-time]
    group: dentist
    note: 시간이 있다
  - {id: 친구-약속, input: "친구랑 약속 👨‍👩‍👧 {{input}}", expect: {type: question}, vars: {today: 월요일, who: 친구}}
  - {id: "2026", input: 2026-11-23, expect: {type: invalid, regex: "^할 일"}}
`

// files is an opener over texts by path.
func files(texts map[string]string) opener {
	return func(name string) (io.ReadCloser, error) {
		text, ok := texts[filepath.ToSlash(name)]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}
}

func all(t *testing.T, s *Suite) []Case {
	t.Helper()
	var out []Case
	for c, err := range s.Cases() {
		require.NoError(t, err)
		out = append(out, c)
	}
	return out
}

// load parses a suite that has no errors.
func load(t *testing.T, data string, texts map[string]string) *Suite {
	t.Helper()
	s, probs := parse("cases/s.yaml", []byte(data), files(texts))
	require.NoError(t, probs.Err())
	return s
}

func TestLoad(t *testing.T) {
	t.Parallel()
	s, probs := parse("s.yaml", []byte(good), files(nil))
	require.NoError(t, probs.Err())
	require.Equal(
		t, "s.yaml:17:3: warning: only 1 of 3 cases set the var who (give it a default under the suite's vars)",
		probs.Error(),
	)
	require.Equal(t, "할일", s.Name)
	require.Equal(t, 3, s.Len())
	require.Equal(t, map[string]string{"today": "2026-11-23 (월)"}, s.Vars)
	require.JSONEq(t, `{"type":"object"}`, s.Rules.JSON.Schema)
	require.Equal(t, []string{"case_type", "subtodo_count", "rubric", "rubric/short", "rubric/actionable"}, s.ScoreNames())
	require.Equal(
		t,
		GraderEntry{
			Name: "subtodo_count", Score: "subtodo_count", Params: []byte(`{"answer":{"max":5,"min":2},"invalid":{"max":0}}`),
			File: "s.yaml", Line: 11, Column: 5,
		},
		s.Graders[1],
	)
	require.True(t, s.Judged())
	require.Equal(t, []string{"today"}, s.VarNames())
	require.Equal(t, map[string]int{"health": 1, "has-time": 1}, s.Tags())

	cases := all(t, s)
	two, four := 2, 4
	require.Equal(t, Case{
		ID: "dentist-10", Input: "내일 오전 10시에 치과 가기", Note: "시간이 있다", Group: "dentist", Tags: []string{"health", "has-time"},
		Expect: graders.Expect{Type: "answer", Count: &graders.Range{Min: &two, Max: &four}},
	}, cases[0])
	require.Equal(t, map[string]string{"today": "월요일", "who": "친구"}, s.VarsOf(cases[1]))
	require.Equal(t, "2026-11-23", cases[2].Input, "text as it is spelled")
	require.Equal(t, map[string]string{"today": "2026-11-23 (월)"}, s.VarsOf(cases[2]))

	_, err := s.Build(graders.Models{}, nil)
	require.ErrorContains(t, err, "s.yaml:12:5: building the grader rubric", "its question needs a judge")
	built, err := s.Build(graders.Models{Judge: noJudge{}}, nil)
	require.NoError(t, err)
	require.Len(t, built, 3)
}

func TestLoadReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s, probs := parse("x.yaml", []byte(`vars: {today: 월, input: x, 이-름: y}
reply:
  types: [answer, question, invalid]
  json: {type: "$[", items: "$.a", shcema: 1, schema: none.json}
  xml: {type: //subtodos/@type, items: "//["}
graders:
  - case_tpye
  - subtodo_count: {answer: {min: 5, max: 2}, 질문: {min: 1}}
  - format
  - format
  - {length: {max: 3}, equals: x}
  - [a]
  - rubric:
      criteria:
        - {id: a, check: "len(itms) > 1", applies_to: [anser]}
        - id: b
          check: |
            len(items) > 1 &&
              lenn(items) < 3
cases:
  - {id: 가나, input: "", expect: {type: anwser, count: {min: 3, max: 2}}, tags: ["", "a b"]}
  - id: 가나
    inptu: 내일
    expect: {regex: "(", count: {min: many}}
  - {id: x y, input: 2026-11-23, note: , vars: {할-: 1, input: 2}}
  - {id: -x, input: " ", expect: {count: {min: -1}, contains: [""]}}
  - {id: "", input: 둘}
  - {id: "a\u200bb", input: 셋}
  - 넷
`), files(nil))
	require.Equal(t, 7, s.Len())
	require.Equal(t, `x.yaml:1:18: a var must not be named input ({{input}} is the case's input)
x.yaml:1:28: a prompt cannot use a var named "이-름" (use letters, digits and _, no digit first)
x.yaml:4:16: reply.json.type: "$[" is not a JSONPath: jsonpath: unexpected eof at position 3 (such as $.type)
x.yaml:4:36: unknown key "shcema" (did you mean "schema"?)
x.yaml:4:55: reading the schema none.json: file does not exist (a schema is inline, or a path relative to the suite's file)
x.yaml:5:40: reply.xml.items: "//[" is not an XPath: expression must evaluate to a node-set (such as /reply/item)
x.yaml:7:5: unknown grader "case_tpye" (did you mean case_type?)
x.yaml:8:29: answer: min 5 is over max 2 (swap them)
x.yaml:8:47: unknown type "질문" (known: answer, question, invalid)
x.yaml:10:5: the grader format appears twice (first at line 9, column 5; its scores would have the same names)
x.yaml:11:5: expected one grader, found 2 keys (each grader is a list entry of its own: - name, or - name: {parameters})
x.yaml:12:5: expected a grader's name, found a list
x.yaml:15:31: criteria[0].check: unknown name itms at character 5 (did you mean items?)
x.yaml:15:56: unknown type "anser" (did you mean "answer"?)
x.yaml:19:15: criteria[1].check: unknown name lenn at line 2, character 3 (did you mean len?)
x.yaml:21:21: the input is empty
x.yaml:21:40: expect.type "anwser" is none of the suite's types (did you mean "answer"?)
x.yaml:21:55: expect.count: min 3 is over max 2 (swap them)
x.yaml:21:81: the tag is empty
x.yaml:21:85: the tag "a b" holds a space
x.yaml:22:5: the required key "input" is missing
x.yaml:22:9: the id 가나 appears twice (first at line 21, column 10)
x.yaml:23:5: unknown key "inptu" (did you mean "input"?)
x.yaml:24:21: expect.regex: the pattern does not compile: missing closing ) at "("
x.yaml:24:39: expected a whole number, found "many"
x.yaml:25:10: the id "x y" holds a space (use letters, digits and - _ . between them, as it is typed after --case and is part of file names)
x.yaml:25:49: a prompt cannot use a var named "할-" (use letters, digits and _, no digit first)
x.yaml:25:56: a var must not be named input ({{input}} is the case's input)
x.yaml:26:10: the id "-x" holds a character that means something to shells or file systems (use letters, digits and - _ . between them)
x.yaml:26:21: the input is empty
x.yaml:26:48: expect.count.min: min must not be negative, found -1
x.yaml:26:64: expect.contains[0]: must not be empty
x.yaml:27:10: the id is empty
x.yaml:28:10: the id "a\u200bb" holds the invisible character U+200B (use letters, digits and - _ . between them, as it is typed after --case and is part of file names)
x.yaml:29:5: expected a mapping, found "넷"`, probs.Err().Error())
}

func TestLoadOfHardlyASuite(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"":                               "s.yaml:1:1: the file is empty",
		"- a\n":                          "s.yaml:1:1: expected a mapping, found a list",
		"graders: [format]\n":            `s.yaml:1:1: the required key "cases" is missing`,
		"graders: [format]\ncases: []\n": "s.yaml:2:8: the suite has no cases",
		"graders: []\ncases: [{id: a, input: b}]\n": "s.yaml:1:10: the suite has no graders",
		"graders: [format]\ncases: {file: x.jsonl}\n": "s.yaml:2:15: reading the cases x.jsonl: " +
			"file does not exist",
		"graders: [format]\ncases: {file: x.txt}\n": `s.yaml:2:15: reading the cases x.txt: ` +
			`expected a .jsonl, .csv or .tsv file, found ".txt"`,
		"graders: [format]\ncases: {flie: x.jsonl}\n": `s.yaml:2:9: unknown key "flie" (did you ` +
			`mean "file"?)`,
		"graders: [format]\ncases: x.jsonl\n": "s.yaml:2:8: expected a list of cases, or " +
			"{file: …}",
		"graders: [case_type]\ncases: [{id: a, input: b, expect: {type: c}}]\n": `list the types under reply: types`,
	} {
		s, probs := parse("s.yaml", []byte(data), files(nil))
		require.NotNil(t, s)
		require.ErrorContains(t, probs.Err(), want, data)
		require.Empty(t, s.VarNames())
	}
	s, probs := Load(filepath.Join(t.TempDir(), "none.yaml"))
	require.NotNil(t, s)
	require.ErrorContains(t, probs.Err(), "no such file")
}

// What can't be read is said once: that nothing of it is there follows.
func TestNoFollowingProblems(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"graders: [format]\ncases: {file: x.jsonl}\n": "s.yaml:2:15: reading the cases x.jsonl: file does not " +
			"exist (the path is relative to this file)",
		"graders: [format]\ncases: x.jsonl\n": `s.yaml:2:8: expected a list of cases, or {file: …}, found ` +
			`"x.jsonl"`,
		"graders: [format]\ncases: {flie: x}\n": "s.yaml:2:8: the required key \"file\" is " +
			"missing\ns.yaml:2:9: unknown key \"flie\" (did you mean \"file\"?)",
		"graders: [format]\ncases: [{id: [a], input: {b: c}}]": "s.yaml:2:14: expected text, found a list\ns.yaml:2:26: " +
			"expected text, found a mapping",
	} {
		_, probs := parse("s.yaml", []byte(data), files(nil))
		require.Equal(t, want, probs.Err().Error())
	}
}

func TestASuiteIsNamedAfterItsFile(t *testing.T) {
	t.Parallel()
	require.Equal(t, "s", load(t, "graders: [format]\ncases: [{id: a, input: b}]\n", nil).Name)
}

func TestSchemasComeFromFiles(t *testing.T) {
	t.Parallel()
	const body = "graders:\n  - json_schema: {schema: %}\nreply:\n  json: {type: $.t, items: $.i, schema: %}\ncases: " +
		"[{id: a, input: b}]\n"
	fromFile := load(
		t, strings.ReplaceAll(body, "%", "schemas/a.json"),
		map[string]string{"cases/schemas/a.json": "\xEF\xBB\xBF{\"type\": \"object\", \"required\": [\"b\"]}\n"},
	)
	inline := load(t, strings.ReplaceAll(body, "%", "{required: [b], type: object}"), nil)
	require.Equal(t, `{"required":["b"],"type":"object"}`, fromFile.Rules.JSON.Schema) //nolint:testifylint // bytes
	require.JSONEq(t, `{"schema":{"required":["b"],"type":"object"}}`, string(fromFile.Graders[0].Params))
	require.Equal(t, inline.Hash(), fromFile.Hash())

	_, probs := parse(
		"cases/s.yaml", []byte(strings.ReplaceAll(body, "%", "a.json")), files(map[string]string{"cases/a.json": "{"}),
	)
	require.Contains(t, probs.Error(), "cases/s.yaml:2:27: the schema a.json is no JSON")
	_, probs = parse("cases/s.yaml", []byte(strings.ReplaceAll(body, "%", "{type: 7}")), files(nil))
	require.Contains(t, probs.Error(), "cases/s.yaml:4:41: reply.json.schema")
	require.Contains(t, probs.Error(), "cases/s.yaml:2:27: schema:")
}

func TestHashIsOfWhatMatters(t *testing.T) {
	t.Parallel()
	want := load(t, good, nil).Hash()
	require.Len(t, want, 64)
	require.Equal(t, want, load(t, strings.Replace(good, "suite: 할일\ndescription: 작은 모음\n", "# 주석\n", 1), nil).Hash())
	require.Equal(t, want, load(t, strings.Replace(good, "{id: short, ", "{id: short, says: is long, ", 1), nil).Hash(),
		"what a criterion says is for people alone")
	seen := map[string]bool{want: true}
	for _, change := range [][2]string{
		{"치과 가기", "치과"}, {"max: 5", "max: 6"}, {"(월)", "(화)"}, {"refusal: 할", "refusal: 일"}, {
			"type: question}", "type: answer}",
		}, {"  - case_type\n", ""},
	} {
		h := load(t, strings.Replace(good, change[0], change[1], 1), nil).Hash()
		require.False(t, seen[h], change)
		seen[h] = true
	}
}

func TestInputHash(t *testing.T) {
	t.Parallel()
	require.Equal(t, InputHash(Case{Input: "가"}, nil), InputHash(Case{Input: "가"}, map[string]string{}))
	require.NotEqual(t, InputHash(Case{Input: "가"}, nil), InputHash(Case{Input: "가"}, map[string]string{"today": "월"}))
	require.NotEqual(t, InputHash(Case{Input: "가"}, nil), InputHash(Case{Input: "나"}, nil))
	// Run files keep these: another value would tear comparisons with them apart.
	require.Equal(
		t, "9328e6149726bef81477c1759be76debc997c82a72c8d7f7869f772432fbca21",
		InputHash(Case{Input: "내일 <치과>"}, map[string]string{"today": "월", "a": "1"}),
	)
}

func TestWarningsAloneLeaveASuiteUsable(t *testing.T) {
	t.Parallel()
	_, probs := parse("s.yaml", []byte(good), files(nil))
	require.NoError(t, probs.Err())
	require.Len(t, probs.Only(problem.Warning), 1)
}

func TestCasesStopWhenAsked(t *testing.T) {
	t.Parallel()
	for _, s := range []*Suite{
		load(t, good, nil), load(t, external("c.jsonl"), map[string]string{"cases/c.jsonl": jsonLines}),
	} {
		n := 0
		for _, err := range s.Cases() {
			require.NoError(t, err)
			n++
			break
		}
		require.Equal(t, 1, n)
	}
}

func TestLoadFromDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "s.yaml")
	require.NoError(t, os.WriteFile(path, []byte(external("c.jsonl")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(jsonLines), 0o600))
	s, probs := Load(path)
	require.NoError(t, probs.Err())
	require.Len(t, all(t, s), s.Len())

	// A file that changes under a run must not change the run silently.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(jsonLines+jsonLines), 0o600))
	var last error
	for _, err := range s.Cases() {
		last = errors.Join(last, err)
	}
	require.ErrorContains(t, last, "has changed since it was checked")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(external("c.jsonl")))
	f.Add([]byte(external("c.csv")))
	f.Add(
		[]byte(
			"graders: [{rubric: {criteria: [{id: a, check: 'len(items'}]}}]\ncases: [{id: a, input: b, expect: {count: {}}}]\n",
		),
	)
	f.Add([]byte("graders: &g [format, *g]\ncases: [{<<: {id: a}, input: b}]\n"))
	f.Add([]byte("extends: base.yaml\ngraders: [format]\n"))
	f.Add([]byte("extends: s.yaml\n"))
	texts := files(map[string]string{"c.jsonl": jsonLines, "c.csv": csvTableText, "base.yaml": good})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, probs := parse("s.yaml", data, texts)
		for _, p := range probs.Only(problem.Error) {
			require.NotEmpty(t, p.Message)
		}
		if probs.Err() != nil {
			return
		}
		require.Positive(t, s.Len())
		require.NotEmpty(t, s.Graders)
		ids := map[string]bool{}
		for _, c := range all(t, s) {
			require.NotEmpty(t, strings.TrimSpace(c.Input))
			require.False(t, ids[c.ID])
			ids[c.ID] = true
		}
		require.Len(t, ids, s.Len())
	})
}
