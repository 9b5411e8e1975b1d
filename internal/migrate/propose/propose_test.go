package propose

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/testing/traffic"
)

// Ids stay when rows are added anywhere, also where another spelling of an input comes first.
func TestIDsStay(t *testing.T) {
	t.Parallel()
	const rows = "input\n내일 치과 가기\n우유 사기\nCall the bank\n"
	_, before := inputsOf(t, "a.csv", rows)
	_, after := inputsOf(t, "b.csv", strings.Replace(rows, "\n", "\n내일  치과 가기!!\n빨래하기\ncall the BANK.\n", 1)+"청소하기\n")
	var ids []string
	for _, c := range after.Cases {
		ids = append(ids, c.ID)
	}
	require.Len(t, ids, 5)
	for _, c := range before.Cases {
		require.Contains(t, ids, c.ID)
	}
}

// What repeats a text is left out with its place; what nearly equals one is kept and says so. Sealed cases are not
// named.
func TestKnownTexts(t *testing.T) {
	t.Parallel()
	s, probs := suite.Load(write(t, "s.yaml", `suite: s
graders: [format]
cases:
  - {id: dentist, input: 내일 오전 10시에 치과 가기}
  - {id: cake, group: cakes, input: 토요일에 엄마 생신 케이크 주문하기}
`))
	require.NoError(t, probs.Err())
	path := write(t, "a.jsonl", strings.Join([]string{
		`{"input":"내일 오전 10시에 치과 가기!"}`, `{"input":"내일 오전 11시에 치과 가기"}`, `{"input":"토요일에 엄마 생신 케익 주문하기"}`,
		`{"input":"친구랑 약속."}`, `{"input":"친구랑 약속 잡기"}`, `{"input":"빨래하기"}`, `{"input":"빨래 하기"}`, `{"input":"빨래하기"}`, `{"input":"010-1234-5678"}`,
		`{"input":"<todo>우유 사기</todo> 나눠줘"}`,
	}, "\n"))
	result, err := From([]string{path}, Options{
		Suite: s, Examples: []Example{{"prompts/v1.prompt.yml", "친구랑 약속"}},
		Templates: Templates([]*prompt.Prompt{{Messages: []prompt.Message{{Role: "user", Content: "<todo>{{input}}</todo> 나눠줘"}}}}),
	})
	require.NoError(t, err)
	notes := map[string]string{}
	groups := map[string]string{}
	for _, c := range result.Cases {
		_, notes[c.Input], _ = strings.Cut(c.Note, "; ")
		groups[c.Input] = c.Group
	}
	washing := groups["빨래하기"]
	require.NotEmpty(t, washing)
	require.Equal(t, map[string]string{
		"내일 오전 11시에 치과 가기": "dentist", "토요일에 엄마 생신 케익 주문하기": "cakes", "친구랑 약속 잡기": "", "빨래하기": washing, "빨래 하기": washing,
		"우유 사기": "",
	}, groups)
	require.Regexp(t, `^nearly equals the case dentist \(\d+% alike\); if it stays, give that case the group as well$`,
		notes["내일 오전 11시에 치과 가기"])
	require.Regexp(t, `^nearly equals an example of prompts/v1.prompt.yml \(\d+% alike\)$`, notes["친구랑 약속 잡기"])
	at := slices.IndexFunc(result.Cases, func(c Case) bool { return c.Input == "친구랑 약속 잡기" })
	require.Equal(t, []string{TagNearExample}, result.Cases[at].Tags)
	left := map[string]Record{}
	for _, l := range result.LeftOut {
		require.Len(t, l.Records, 1)
		left[l.Reason] = l.Records[0]
	}
	require.Equal(t, map[string]Record{
		"repeats a case of the suite":    {path, 1, "dentist"},
		"repeats an example in a prompt": {path, 4, "prompts/v1.prompt.yml"},
		"repeats a proposed case":        {path, 8, washing},
		"nothing but private text":       {path, 9, ""},
	}, left)
}

// Files that can't be read are errors with all their places, and none is quoted.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("가", 6<<20)
	for name, c := range map[string]struct{ file, text, want string }{
		"broken lines":  {"a.jsonl", "{\"input\":\"a\"}\n{\"input\n{\"input\":\"b\"}\n[1,\n", "a.jsonl:2: the line is not JSON: invalid character '\\n' in string literal (repair it, or leave what can't be read out with --skip-broken)\na.jsonl:4: the line is not JSON: unexpected EOF"},
		"broken file":   {"a.json", "[{\"input\":\"a\"},\n{\"input\":\n", "a.json:2: the export can't be read from here: unexpected EOF"},
		"no JSON":       {"a.json", "hello", "a.json:1: the export can't be read from here: invalid character 'h'"},
		"a long line":   {"a.jsonl", "{\"input\":\"b\"}\n{\"input\":\"" + long + "\"}\n", "a.jsonl:2: the line is longer than 16 MiB"},
		"a long record": {"a.json", "[\n{\"input\":\"" + long + "\"}]", "a.json:2: the export can't be read from here: a record is longer than 16 MiB"},
		"a long row":    {"a.csv", "input\n" + long + "\n", "a.csv:2: the record is longer than 16 MiB"},
		"nested":        {"a.jsonl", `{"input":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}\n", "a.jsonl:1: the line is not JSON: invalid character '[' exceeded max depth"},
		"nested lists":  {"a.json", strings.Repeat("[", 100) + strings.Repeat("]", 100), "a.json:1: the export can't be read from here: records are inside of more than 16 lists"},
		"CP949":         {"a.csv", "\xc0\xd4\xb7\xc2\n\xc4\xa1\xb0\xfa\xbf\xa1 \xb0\xa1\xb1\xe2\n", "a.csv:1:1: the file is not UTF-8 but probably CP949 (EUC-KR)"},
		"CP949 lines":   {"a.jsonl", "{\"input\":\"\xc4\xa1\xb0\xfa\xbf\xa1 \xb0\xa1\xb1\xe2\"}\n", "a.jsonl:1: the file is not UTF-8 but probably CP949 (EUC-KR)"},
		"Latin-1":       {"a.jsonl", "{\"input\":\"a\"}\n{\"input\":\"caf\xe9\"}\n", "a.jsonl:2: the input is not UTF-8"},
		"ragged":        {"a.csv", "id,input\n1,a\n2\n", "a.csv:3: the row has 1 field, and the first line names 2"},
		"an open quote": {"a.csv", "input\n\"a\n", `a.csv:2:1: the record can't be read: extraneous or missing " in quoted-field`},
		"empty":         {"a.csv", "", "a.csv:1: the file is empty"},
		"an archive":    {"a.json", "PK\x03\x04\x14\x00", "a.json:1: the file is a spreadsheet or an archive"},
		"zero bytes":    {"a.jsonl", "\x00\x00\x00abc\xff", "a.jsonl:1: the file is no text: it has zero bytes"},
		"no input":      {"a.jsonl", `{"n":1}` + "\n", "a.jsonl:1: no record has an input that can be found, as here: no field is called like an input; name it with --input"},
		"a picture":     {"a.png", "x", `a.png: exports do not end in ".png"`},
	} {
		path := write(t, c.file, c.text)
		_, err := From([]string{path}, Options{Suite: &suite.Suite{}})
		require.Error(t, err, name)
		said := strings.ReplaceAll(err.Error(), strings.TrimSuffix(path, c.file), "")
		assert.Truef(t, strings.HasPrefix(said, c.want), "%s: %s", name, said)
		require.Less(t, len(said), 2000, name)
	}
}

// Broken lines can be left out, UTF-16 is read, and control characters stay in the file that a suite reads back.
func TestWhatIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	path := write(t, "a.jsonl", "{\"input\":\"a \\u001b[31m\\u0000 b\"}\nbroken\n5\n{\"n\":1}\n")
	result, err := From([]string{path}, Options{Suite: &suite.Suite{}, SkipBroken: true})
	require.NoError(t, err)
	require.Len(t, result.Cases, 1)
	require.Len(t, result.LeftOut, 3)
	base := write(t, "s.yaml", "suite: s\ngraders: [format]\ncases: [{id: a, input: b}]\n")
	s, probs := suite.Load(base)
	require.NoError(t, probs.Err())
	data, err := result.YAML(base, s)
	require.NoError(t, err)
	proposed, probs := suite.Load(write(t, "p.yaml", string(data)))
	require.NoError(t, probs.Err())
	for c, err := range proposed.All() {
		require.NoError(t, err)
		require.Equal(t, "a \x1b[31m\x00 b", c.Input)
	}
	utf16 := "\xff\xfe" + strings.Join(strings.Split("{\"input\":\"ab\"}\n", ""), "\x00") + "\x00"
	inputs, _ := inputsOf(t, "b.jsonl", utf16)
	require.Equal(t, []string{"ab"}, inputs)
}

// Whatever the bytes of an export are, reading it gives a result or an error, and the result can be written.
func FuzzFrom(f *testing.F) {
	var export strings.Builder
	_, err := traffic.Write(&export, traffic.Mix{Lines: 4, Secrets: 1, Copies: 1}, 2)
	require.NoError(f, err)
	for _, seed := range []string{export.String(), "input\n\"a\n", `[{"input":[["human","a"]]}]`, `{"resourceSpans":[{"spans":5}]}`, "\xff\xfe[\x00"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, isTable bool) {
		name := "a.json"
		if isTable {
			name = "a.csv"
		}
		result, err := From([]string{write(t, name, text)}, Options{Suite: &suite.Suite{}, SkipBroken: true})
		if err != nil {
			return
		}
		_, err = result.YAML("s.yaml", &suite.Suite{})
		require.NoError(t, err)
	})
}
