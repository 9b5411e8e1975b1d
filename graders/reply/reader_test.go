package reply_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

func TestNewReaderNamesTheWrongRule(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rule string
		edit func(*reply.Rules)
	}{
		{"json.type", func(r *reply.Rules) { r.JSON.Type = "$.subtodos." }},
		{"json.type", func(r *reply.Rules) { r.JSON.Type = "" }},
		{"json.items", func(r *reply.Rules) { r.JSON.Items = "subtodos" }},
		{"json.schema", func(r *reply.Rules) { r.JSON.Schema = `{"type":` }},
		{"json.schema", func(r *reply.Rules) { r.JSON.Schema = `{"type":"objekt"}` }},
		{"json.schema", func(r *reply.Rules) { r.JSON.Schema = `{"$ref":"https://example.com/a.json"}` }},
		{"json.schema", func(r *reply.Rules) { r.JSON.Schema = `{"$ref":"file:///etc/passwd"}` }},
		{"json.schema", func(r *reply.Rules) { r.JSON.Schema = `{"$ref":"other.json"}` }},
		{"xml.type", func(r *reply.Rules) { r.XML.Type = "//subtodos[" }},
		{"xml.type", func(r *reply.Rules) { r.XML.Type = "" }},
		{"xml.items", func(r *reply.Rules) { r.XML.Items = "//@" }},
		{"types", func(r *reply.Rules) { r.Types = []string{"answer", "Answer"} }},
		{"types", func(r *reply.Rules) { r.Types = []string{" "} }},
	}
	for _, c := range cases {
		rules := subtodoRules()
		c.edit(&rules)
		r, err := reply.NewReader(rules)
		require.Nil(t, r)
		var wrong *reply.RuleError
		require.ErrorAs(t, err, &wrong, "%+v", rules)
		require.Equal(t, c.rule, wrong.Rule)
		require.NotContains(t, err.Error(), "root:x:")
		require.NotContains(t, err.Error(), "metaschema", "what is wrong, and not how it was found")
	}

	rules := subtodoRules()
	rules.JSON.Items, rules.XML.Items = "?", "?["
	_, err := reply.NewReader(rules)
	require.ErrorContains(t, err, "json.items")
	require.ErrorContains(t, err, "xml.items", "all wrong rules are named")
}

func TestSchema(t *testing.T) {
	t.Parallel()
	rules := subtodoRules()
	rules.JSON.Schema = subtodoSchema
	r := newReader(t, rules)

	got := r.Read(`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"가"}]}}`, "", reply.JSON)
	require.Empty(t, got.Defects)

	got = r.Read(
		`{"subtodos":{"type":"answer","content":[{"subtodoNumber":"1","subtodoContent":"가"},{"subtodoContent":2}]}}`, "",
		reply.JSON,
	)
	require.True(t, got.Readable())
	require.Equal(t, []string{"가", "2"}, got.Items)
	var details []string
	for _, d := range got.Defects {
		if d.Code == reply.CodeSchema {
			details = append(details, d.Detail)
		}
	}
	require.Equal(t, []string{
		"/subtodos/content/0/subtodoNumber: got string, want integer",
		"/subtodos/content/1/subtodoContent: got number, want string",
		"/subtodos/content/1: missing property 'subtodoNumber'",
	}, details)

	got = r.Read(`<subtodos type="answer">1. 가</subtodos>`, "", reply.XML)
	require.Empty(t, got.Defects, "the schema is for JSON")

	many := `{"subtodos":{"type":"answer","content":[1` + strings.Repeat(",1", 5000) + `]}}`
	got = r.Read(many, "", reply.JSON)
	require.Less(t, len(got.Defects), 60)
	require.Contains(t, got.Defects[len(got.Defects)-1].Detail, "4951 more")
}

func TestThinking(t *testing.T) {
	t.Parallel()
	const doc = `{"subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`
	cases := []struct {
		name, raw, api, thinking, text string
		defects                        []reply.Code
	}{
		{"none", doc, "", "", doc, nil},
		{"from the API", doc, " 시간이 있다. ", "시간이 있다.", doc, nil},
		{"block", "<think>\n시간이 있다.\n</think>\n\n" + doc, "", "시간이 있다.", doc, []reply.Code{reply.CodeThinking}},
		{"both", "<think>둘</think>" + doc, "하나", "하나\n\n둘", doc, []reply.Code{reply.CodeThinking}},
		{
			"names, cases, attributes", "<Thinking lang=\"ko\">하나</thinking><REASONING>둘</REASONING>" + doc, "", "하나\n\n둘",
			doc, []reply.Code{reply.CodeThinking},
		},
		{
			"nested", "<think>하나 <think>둘</think> 셋</think>" + doc, "", "하나 <think>둘</think> 셋", doc,
			[]reply.Code{reply.CodeThinking},
		},
		{
			"other kind inside", "<think>하나 <reasoning> 둘</think>" + doc, "", "하나 <reasoning> 둘", doc,
			[]reply.Code{reply.CodeThinking},
		},
		{
			"document inside", "<think>" + `{"subtodos":{"type":"question","content":[]}}` + "</think>" + doc, "",
			`{"subtodos":{"type":"question","content":[]}}`, doc, []reply.Code{reply.CodeThinking},
		},
		{"behind", doc + "\n<think>끝</think>", "", "끝", doc, []reply.Code{reply.CodeThinking}},
		{
			"not closed", "<think>시간이 있다.\n" + doc, "", "", "<think>시간이 있다.\n" + doc,
			[]reply.Code{reply.CodeThinking, reply.CodeProseBefore},
		},
		{"empty", "<think></think>" + doc, "", "", doc, []reply.Code{reply.CodeThinking}},
		{
			"another element", "<thinker>나</thinker>" + doc, "", "", "<thinker>나</thinker>" + doc,
			[]reply.Code{reply.CodeProseBefore},
		},
		{
			"own field", `{"thinking":"시간이 있다.","subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`, "하나",
			"하나\n\n시간이 있다.", `{"thinking":"시간이 있다.","subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`, nil,
		},
	}
	r := newReader(t, subtodoRules())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := r.Read(c.raw, c.api, reply.JSON)
			require.Equal(t, c.raw, got.Raw)
			require.Equal(t, c.thinking, got.Thinking)
			require.Equal(t, c.text, got.Text)
			require.Equal(t, "answer", got.Type)
			require.Equal(t, []string{"가기"}, got.Items)
			require.Equal(t, c.defects, codes(got))
		})
	}
	got := r.Read("<think>"+doc+"</think>", "", reply.JSON)
	require.False(t, got.Readable(), "a document that was only thought of is none")
}

// Details name lines of the reply as the model wrote it, thinking included.
func TestDefectLines(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	raw := "<think>\n하나\n둘\n</think>\n네!\n<subtodos type=‘answer’>\n1. A<B 확인\n</subtodos>\n끝"
	got := r.Read(raw, "", reply.XML)
	require.Equal(t, "answer", got.Type)
	var lines []string
	for _, d := range got.Defects {
		line, _, _ := strings.Cut(d.Detail, ":")
		lines = append(lines, fmt.Sprint(d.Code, " ", line))
	}
	require.Equal(
		t, []string{"thinking line 1", "quotes line 6", "repaired line 7", "prose_before line 5", "prose_after line 9"},
		lines,
	)
}

func TestReadCutsAtMaxBytes(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	const head = `{"subtodos":{"type":"answer","content":[{"subtodoContent":"`
	for shift := range 3 { // the cut falls on each byte of a syllable
		raw := head + strings.Repeat("x", shift) + strings.Repeat("가", reply.MaxBytes/3)
		got := r.Read(raw, "", reply.JSON)
		require.Equal(t, raw, got.Raw)
		require.LessOrEqual(t, len(got.Text), reply.MaxBytes)
		require.True(t, utf8.ValidString(got.Text))
		require.Equal(t, "answer", got.Type)
		require.Len(t, got.Items, 1)
		require.NotContains(t, got.Items[0], "\uFFFD")
		require.Equal(t, []reply.Code{reply.CodeTooLong, reply.CodeTruncated}, codes(got))
	}
	raw := head + `가기"}]}}` + strings.Repeat(" ", 2*reply.MaxBytes)
	got := r.Read(raw, "", reply.JSON)
	require.Equal(t, []reply.Code{reply.CodeTooLong}, codes(got))
}

// A long reply that was cut off is still read whole.
func TestReadLongTruncated(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	item := `{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},`
	got := r.Read(
		`{"subtodos":{"type":"answer","content":[`+strings.Repeat(item, 10_000)+`{"subtodoNumber":2,"subtodoContent":"끝`,
		"", reply.JSON,
	)
	require.Len(t, got.Items, 10_001)
	require.Equal(t, "끝", got.Items[10_000])
	require.Equal(t, []reply.Code{reply.CodeTruncated}, codes(got))

	got = r.Read("<subtodos type='answer'>\n"+strings.Repeat("1. 치과\n", 10_000)+"2. 끝", "", reply.XML)
	require.Len(t, got.Items, 10_001)
}

func TestReadConcurrently(t *testing.T) {
	t.Parallel()
	rules := subtodoRules()
	rules.JSON.Schema = subtodoSchema
	rules.XML.Type = "string((//subtodos[@type != '' and position() >= 1])[last()]/@type)"
	r := newReader(t, rules)
	raws := []string{
		`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"가"}]}}`,
		`{"subtodos":{"type":"answer","content":[{"subtodoContent":"가"},]}`,
		`<subtodos type="answer">1. 가</subtodos>`,
		`<subtodos type=answer>1. 가`,
		"answer\n1. 가",
	}
	var want []reply.Reply
	for _, raw := range raws {
		got := r.Read(raw, "", reply.JSON)
		require.Equal(t, "answer", got.Type, raw)
		require.Equal(t, []string{"가"}, got.Items, raw)
		want = append(want, got)
	}
	var wg sync.WaitGroup
	got := make([][]reply.Reply, 8)
	for w := range got {
		wg.Go(func() {
			for range 20 {
				got[w] = got[w][:0]
				for _, raw := range raws {
					got[w] = append(got[w], r.Read(raw, "", reply.JSON))
				}
			}
		})
	}
	wg.Wait()
	for w := range got {
		require.Equal(t, want, got[w])
	}
}

func TestSeverities(t *testing.T) {
	t.Parallel()
	require.Equal(t, reply.Around, reply.CodeFence.Severity())
	require.Equal(t, reply.Shape, reply.CodeSchema.Severity())
	require.Equal(t, reply.Inside, reply.CodeTruncated.Severity())
	require.Equal(t, reply.Fatal, reply.CodeNoDocument.Severity())
	require.Equal(t, reply.Inside, reply.Code("from a later version").Severity())
	require.Equal(t, reply.Shape, reply.Worst([]reply.Defect{{Code: reply.CodeFence}, {Code: reply.CodeSchema}}))
	require.Zero(t, reply.Worst(nil))
	last := reply.Worst(nil).Ceiling()
	for s := reply.Around; s <= reply.Fatal; s++ {
		require.Less(t, s.Ceiling(), last)
		last = s.Ceiling()
	}
	require.Zero(t, last)
}
