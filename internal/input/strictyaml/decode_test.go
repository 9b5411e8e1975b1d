package strictyaml_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

type sample struct {
	Name  string            `yaml:"name" required:"true"`
	Count *int              `yaml:"count"`
	Share float64           `yaml:"share"`
	On    bool              `yaml:"on"`
	Vars  map[string]string `yaml:"vars"`
	Tags  []string          `yaml:"tags"`
	Inner struct {
		Max int `yaml:"max" required:"true"`
	} `yaml:"inner"`
	Raw    json.RawMessage `yaml:"raw"`
	Any    any             `yaml:"any"`
	Either either          `yaml:"either"`
	Hidden string          `yaml:"-"`
}

// either is a text or a list of texts.
type either []string

func (e *either) DecodeNode(n strictyaml.Node) problem.List {
	if n.Kind() == strictyaml.Text {
		*e = either{n.Text()}
		return nil
	}
	return n.Decode((*[]string)(e))
}

func decode(t require.TestingT, data string) (sample, problem.List) {
	doc, probs := strictyaml.Parse("f", []byte(data))
	require.NotNil(t, doc, "%s", probs)
	var s sample
	return s, append(probs, doc.Decode(&s)...)
}

func TestDecodeFillsEveryKind(t *testing.T) {
	t.Parallel()
	doc, probs := strictyaml.Parse("f", []byte(`
base: &base {name: 밑, share: 1}
top:
  <<: *base
  name: 할 일
  count: 3
  on: true
  vars: {today: 2026-11-23, n: 007, yes: yes, half: 0.50}
  tags: [건강, 1.5, true]
  inner: {max: 4}
  raw: {b: [1, 2.50, x, null], a: {"<": true}}
  any: [1, 2.5, 글, null, {k: false}]
  either: 하나
`))
	require.Empty(t, probs)
	var s sample
	require.Empty(t, doc.Root().Get("top").Decode(&s))
	require.Equal(t, "할 일", s.Name)
	require.Equal(t, 3, *s.Count)
	require.InDelta(t, 1, s.Share, 0, "merged in")
	require.True(t, s.On)
	require.Equal(t, map[string]string{"today": "2026-11-23", "n": "007", "yes": "yes", "half": "0.50"}, s.Vars)
	require.Equal(t, []string{"건강", "1.5", "true"}, s.Tags)
	require.Equal(t, 4, s.Inner.Max)
	require.Equal(t, `{"a":{"<":true},"b":[1,2.5,"x",null]}`, string(s.Raw)) //nolint:testifylint // canonical: the very bytes count
	require.Equal(t, []any{1, 2.5, "글", nil, map[string]any{"k": false}}, s.Any)
	require.Equal(t, either{"하나"}, s.Either)
}

func TestDecodeReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, probs := decode(t, `nmae: x
count: many
share: "0.5"
on: yes
vars: {할: , 일: [1]}
tags: 건강
inner: {mxa: 1}
any: .nan
either: {a: 1}
hidden: x
? [1, 2]
: 3
`)
	require.Equal(t, `f:1:1: unknown key "nmae" (did you mean "name"?)
f:1:1: the required key "name" is missing
f:2:8: expected a whole number, found "many"
f:3:8: expected a number, found "0.5" (remove the quotes)
f:4:5: expected true or false, found "yes"
f:5:11: expected text, found nothing
f:5:16: expected text, found a list
f:6:7: expected a list, found "건강" (write it as a list: ["건강"])
f:7:8: the required key "max" is missing
f:7:9: unknown key "mxa" (did you mean "max"?)
f:8:6: expected a finite number, found .nan
f:9:9: expected a list, found a mapping
f:10:1: unknown key "hidden" (known: name, count, share, on, vars, tags, inner, raw, any, either)
f:11:3: expected a plain key, found a list`, probs.Err().Error())
}

func TestDecodeOfNothing(t *testing.T) {
	t.Parallel()
	s, probs := decode(t, "name: x\nvars:\ntags: ~\nshare:\nany:\nraw:\ncount: null\ninner:\n")
	require.Empty(t, probs, "an empty optional key is one not given")
	require.Equal(t, sample{Name: "x"}, s)
	_, probs = decode(t, "name:\n")
	require.EqualError(t, probs.Err(), `f:1:1: the required key "name" has no value`)
	_, probs = decode(t, "- name\n")
	require.EqualError(t, probs.Err(), "f:1:1: expected a mapping, found a list")
	doc, _ := strictyaml.Parse("f", []byte("a: 1"))
	require.Error(t, doc.Decode(sample{}).Err(), "no pointer")
	require.Error(t, doc.Decode((*sample)(nil)).Err())
}

func TestDecodeNumbersThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"count: 99999999999999999999", "count: 1.0", "share: .inf", "share: 1e999", "count: 0x", "count: !!int 가",
	} {
		_, probs := decode(t, "name: x\n"+data)
		require.Len(t, probs, 1, data)
		require.Contains(t, probs[0].Message, "number", data)
	}
}

func TestLongTextIsCutInMessages(t *testing.T) {
	t.Parallel()
	_, probs := decode(t, "name: x\ncount: 가나다라마바사아자차카타파하가나다라마바사아자차카타파하가나다라마바사아자차카타파하\n")
	require.Equal(t, `expected a whole number, found "가나다라마바사아자차카타파하가나다라마바사아자차카타파하가나다라마바사아자차카…"`, probs[0].Message)
}

func TestJSONLinesHavePlacesToo(t *testing.T) {
	t.Parallel()
	doc, probs := strictyaml.ParseJSON(
		"f.jsonl", 7, []byte(`{"name": "할 일 \ud83d\ude00", "cuont": 1, "tags": ["가", 2, null], "name": "또"}`+"\n"),
	)
	require.NotNil(t, doc)
	var s sample
	probs = append(probs, doc.Decode(&s)...)
	require.Equal(t, "할 일 😀", s.Name)
	require.Equal(t, `f.jsonl:7:30: unknown key "cuont" (did you mean "count"?)
f.jsonl:7:59: expected text, found nothing
f.jsonl:7:66: the key "name" appears twice (first at line 7, column 2)`, probs.Err().Error())

	for data, want := range map[string]string{
		`{"가": 1`:           "f.jsonl:7:8: syntax error: the JSON value is cut off",
		`{"가": 1} x`:        "f.jsonl:7:10: syntax error: something follows the JSON value",
		`{"가": 나}`:          "f.jsonl:7:7: syntax error: invalid character",
		"{\"a\": \"\xff\"}": "f.jsonl:7:1: the line is not UTF-8",
		`{"a" 1}`:           "f.jsonl:7:6: syntax error",
	} {
		_, probs := strictyaml.ParseJSON("f.jsonl", 7, []byte(data))
		require.Len(t, probs, 1, data)
		require.Contains(t, probs.Error(), want)
	}
}

func TestJSONAndYAMLDecodeAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.MapOf(rapid.StringMatching(`[a-z가-힣]{1,5}`), rapid.OneOf(
			rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.IntRange(-1000, 1000).AsAny(),
			rapid.StringMatching(`[ -~가-힣]{0,12}`).AsAny(), rapid.SliceOf(rapid.IntRange(0, 9)).AsAny(),
		)).Draw(t, "in")
		raw, err := strictyaml.Canonical(in)
		require.NoError(t, err)
		doc, probs := strictyaml.ParseJSON("f", 1, raw)
		require.Empty(t, probs)
		back, probs := doc.Root().JSON()
		require.Empty(t, probs)
		require.Equal(t, string(raw), string(back))
		doc, probs = strictyaml.Parse("f", raw) // short JSON is YAML
		require.Empty(t, probs)
		back, probs = doc.Root().JSON()
		require.Empty(t, probs)
		require.Equal(t, string(raw), string(back))
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"a: 1\nb: [가, {c: d}]\n", "a: &x {<<: *y}\n", "- |\n  글\n- >-\n  👨‍👩‍👧\n", "a: \"\\ud83d\"\n", "? a\n: b\n",
		"<<: [{a: 1}, {b: 2}]\n",
		"a: !!int x\n", "%YAML 1.1\n---\na: 1\n", "a:\n\t- b", "\xEF\xBB\xBFa: 1", "{a: 1, a: 2}", "# 주석\na: 1 # 끝\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, probs := strictyaml.Parse("f", data)
		if doc == nil {
			require.NotEmpty(t, probs, "a file that gives no document must say why")
			for _, p := range probs {
				require.Positive(t, p.Line)
				require.Positive(t, p.Column)
			}
			return
		}
		var s sample
		_ = doc.Decode(&s)
		if raw, probs := doc.Root().JSON(); len(probs) == 0 {
			require.True(t, json.Valid(raw))
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{
		`{"name":"가","tags":["a",1]}`, `[[[`, `{"a":`, `"\ud83d"`, `1e999`, `{"a":1,"a":2}`, ``, ` {"a" : {"b":null}} `,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, probs := strictyaml.ParseJSON("f", 1, data)
		require.False(t, doc == nil && len(probs) == 0, "no document without a reason")
		if doc != nil {
			require.True(t, json.Valid(data))
			var s sample
			_ = doc.Decode(&s)
		}
	})
}
