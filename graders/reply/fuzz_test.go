package reply_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

func FuzzReadJSON(f *testing.F) {
	f.Add("다음과 같습니다:\n```json\n{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"가\"},]}}\n```")
	f.Add(`{“subtodos”:{“type”:“answer”,“content”:[{“subtodoContent”:“👨‍👩‍👧 여행`)
	f.Add(`{"subtodos":{"type":"answer","content":[{"x":5,000,"subtodoContent":"\u{1F95B}"subtodoNumber":1},{"y" .5}]}}`)
	f.Add("> \"type\": \"answer\", \"content\": \"[{\\\"subtodoContent\\\":\\\"\\\\ud83d \\\\frac\\\"}]\"}}")
	fuzzRead(f, "FuzzReadJSON", reply.JSON)
}

func FuzzReadXML(f *testing.F) {
	f.Add("<subtodos type=‘answer’>\n1. A<B 확인\n2. R&D\n</subtodos>")
	f.Add("`<subtodos>` 태그: <Subtodos type=\\\"answer\\\">① 가\\n② 나 <![CDATA[ 3. ]]>")
	f.Add("<subtodos type='answer'><item>1단계: 가</item><li>\\n첫째, 나</li>\u3164</subtodos>")
	fuzzRead(f, "FuzzReadXML", reply.XML)
}

func FuzzReadText(f *testing.F) {
	f.Add("<think>음</think>**유형: question**\n１．누구와？ 2. 언제\n- [ ] **어디**\n1️⃣ 1.5리터")
	f.Add("[answer] 1. 가 2. 나\n" + refusal)
	f.Add("<|channel|>analysis<|message|>음<|end|>답</think>question\n[1] 가\n✅ 나\nㄱ. 다\n§ 라")
	fuzzRead(f, "FuzzReadText", reply.Text)
}

// fuzzRead checks what holds of every reply, however broken.
func fuzzRead(f *testing.F, name string, want reply.Format) {
	f.Helper()
	seeds, err := filepath.Glob(filepath.Join("testdata", "fuzz", name, "*"))
	require.NoError(f, err)
	require.GreaterOrEqual(f, len(seeds), 3, "the committed seeds of %s are missing", name)

	rules := subtodoRules()
	rules.JSON.Schema = subtodoSchema
	r := newReader(f, rules)
	f.Fuzz(func(t *testing.T, raw string) {
		got := r.Read(raw, "", want)
		require.Equal(t, raw, got.Raw)
		require.Contains(t, got.Text, got.Document)
		require.Contains(t, append([]string{""}, rules.Types...), got.Type)
		require.Equal(t, got.Format == "", got.Document == "")
		for _, item := range got.Items {
			require.NotEmpty(t, strings.TrimSpace(item))
			require.NotEqual(t, refusal, item)
			require.True(t, utf8.ValidString(item))
		}
		for _, d := range got.Defects {
			require.NotEmpty(t, d.Code)
			require.NotEmpty(t, d.Detail)
			require.NotContains(t, d.Detail, "\n")
			require.True(t, utf8.ValidString(d.Detail))
		}
		if !got.Readable() {
			require.Equal(t, reply.Fatal, reply.Worst(got.Defects), "%v", got.Defects)
		} else {
			require.Less(t, reply.Worst(got.Defects), reply.Fatal)
		}
		if len(got.Defects) == 0 {
			require.Equal(t, want, got.Format)
			require.Equal(t, got.Text, got.Document)
			if want == reply.JSON {
				require.True(t, json.Valid([]byte(got.Document)))
			}
		}
		require.Equal(t, got, r.Read(raw, "", want), "the same reply reads the same")
	})
}

// Rules come from a file that anyone may have written.
func FuzzNewReader(f *testing.F) {
	seeds, err := os.ReadDir(filepath.Join("testdata", "fuzz", "FuzzNewReader"))
	require.NoError(f, err)
	require.NotEmpty(f, seeds, "the committed seeds of FuzzNewReader are missing")
	f.Add("$.subtodos.type", "$.subtodos.content[*].subtodoContent", "//subtodos/@type", "//subtodos")
	f.Add("$..type", "$[?@.a==1]", "string(//a[1]/@b)", "//a[last()]/text()|//b")
	f.Fuzz(func(t *testing.T, jsonType, jsonItems, xmlType, xmlItems string) {
		paths := []string{jsonType, jsonItems, xmlType, xmlItems}
		if slices.ContainsFunc(paths, func(s string) bool { return len(s) > 200 }) {
			t.Skip("nesting of a rule is its author's business")
		}
		r, err := reply.NewReader(reply.Rules{
			Types: []string{"answer"},
			JSON:  reply.JSONRules{Type: jsonType, Items: jsonItems},
			XML:   reply.XMLRules{Type: xmlType, Items: xmlItems},
		})
		if err != nil {
			var wrong *reply.RuleError
			require.ErrorAs(t, err, &wrong)
			return
		}
		r.Read(`{"subtodos":{"type":"answer","content":[{"subtodoContent":"가"}]}}`, "", reply.JSON)
		r.Read(`<subtodos type="answer"><a b="c">1. 가</a></subtodos>`, "", reply.XML)
	})
}

func BenchmarkRead(b *testing.B) {
	rules := subtodoRules()
	rules.JSON.Schema = subtodoSchema
	r := newReader(b, rules)
	for _, c := range []struct {
		name string
		want reply.Format
		raw  string
	}{
		{
			"json", reply.JSON,
			`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},` +
				`{"subtodoNumber":2,"subtodoContent":"10시에 출발하기"}]}}`,
		},
		{
			"json-truncated", reply.JSON,
			`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},` +
				`{"subtodoNumber":2,"subtodoContent":"10시에 출`,
		},
		{
			"json-repaired", reply.JSON,
			"네!\n```json\n{“subtodos”:{“type”:“answer”,“content”:[{“subtodoNumber”:1,“subtodoContent”:“치과 예약하기”},]}}\n```",
		},
		{"xml", reply.XML, "<subtodos type='answer'>\n1. 치과 예약하기\n2. 10시에 출발하기\n</subtodos>"},
		{"xml-repaired", reply.XML, "<subtodos type=‘answer’>\n1. A<B 확인\n2. 10시에 출발하기"},
		{"text", reply.Text, "answer\n1. 치과 예약하기\n2. 10시에 출발하기"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.raw)))
			for b.Loop() {
				r.Read(c.raw, "", c.want)
			}
		})
	}
}
