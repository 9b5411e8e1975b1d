package reply_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/graders/reply"
)

// words are what items are made of: everything that a careless repair would
// take for markup.
var words = []string{
	"치과", "예약하기", "10시에", "1.5리터", "A<B", "확인", "R&D", "(주)회사", "👨‍👩‍👧", "✈️", "ＡＢＣ", "50%", "a/b",
	"{중괄호}", "[괄호]", "it's", "‘여행’", "“책”", "C:드라이브", "x=1,", "<회의>", "a>b", "`코드`", "2026.11.23", "- 빼기", "&amp", "가...",
}

func drawItems(t *rapid.T) []string {
	line := rapid.Custom(func(t *rapid.T) string {
		return "할일 " + strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 5).Draw(t, "words"), " ")
	})
	return rapid.SliceOfN(line, 1, 4).Draw(t, "items")
}

func drawAround(t *rapid.T, language, doc string) string {
	if rapid.Bool().Draw(t, "fence") {
		doc = "```" + language + "\n" + doc + "\n```"
	}
	return rapid.SampledFrom(
		[]string{"", "네, {나눠} 볼게요 <a>:\n", "<think>음 <subtodos> {\"subtodos\":</think>\n"},
	).Draw(t, "before") +
		doc + rapid.SampledFrom([]string{"", "\n도움이 되었나요? :)"}).Draw(t, "after")
}

// Whatever stands around a JSON document and whichever commas are too many,
// every item comes out as it went in.
func TestDirtyJSONKeepsItems(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	rapid.Check(t, func(t *rapid.T) {
		items := drawItems(t)
		var content []string
		for i, item := range items {
			text, err := json.Marshal(item)
			require.NoError(t, err)
			content = append(content, fmt.Sprintf(`{"subtodoNumber": %d, "subtodoContent": %s}`, i+1, text))
		}
		comma := rapid.SampledFrom([]string{"", ","}).Draw(t, "comma")
		end := rapid.SampledFrom([]string{"]}}", "],}}", "]}"}).Draw(t, "end")
		doc := `{"subtodos": {"type": "question", "content": [` + strings.Join(content, ",\n") + comma + end
		if end == "]}" { // without its last bracket, and so with nothing behind it
			doc = "네:\n" + doc
		} else {
			doc = drawAround(t, "json", doc)
		}
		got := r.Read(doc, "", reply.JSON)
		require.Equal(t, "question", got.Type, doc)
		require.Equal(t, items, got.Items, "%s\n%v", doc, got.Defects)
	})
}

// A cut at any place loses nothing but what is behind it.
func TestTruncatedJSONKeepsItems(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	rapid.Check(t, func(t *rapid.T) {
		items := drawItems(t)
		var content []string
		for _, item := range items {
			text, err := json.Marshal(item)
			require.NoError(t, err)
			content = append(content, `{"subtodoContent":`+string(text)+`}`)
		}
		const head = `{"subtodos":{"type":"answer","content":[`
		doc := head + strings.Join(content, ",") + "]}}"
		at := rapid.IntRange(len(head), len(doc)-1).Draw(t, "cut")
		got := r.Read(doc[:at], "", reply.JSON)
		require.Equal(t, "answer", got.Type, doc[:at])
		require.LessOrEqual(t, len(got.Items), len(items))
		for i, item := range got.Items {
			if i < len(got.Items)-1 {
				require.Equal(t, items[i], item)
			}
		}
		whole := strings.Count(doc[:at], `"}`)
		require.GreaterOrEqual(t, len(got.Items), whole, doc[:at])
	})
}

// An XML document with any quotes, closed or not, gives the items of its lines.
func TestDirtyXMLKeepsItems(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	rapid.Check(t, func(t *rapid.T) {
		items := drawItems(t)
		var body strings.Builder
		for i, item := range items {
			fmt.Fprintf(&body, "\n%d. %s", i+1, item)
		}
		quotes := rapid.SampledFrom([]string{`"|"`, "'|'", "‘|’", "“|”", "’|’", "|", `"|”`, `\"|\"`}).Draw(t, "quotes")
		open, shut, _ := strings.Cut(quotes, "|")
		doc := "<subtodos type=" + open + "answer" + shut + ">" + body.String()
		if rapid.Bool().Draw(t, "closed") {
			doc = drawAround(t, "xml", doc+"\n</subtodos>")
		}
		got := r.Read(doc, "", reply.XML)
		require.Equal(t, "answer", got.Type, doc)
		require.Equal(t, items, got.Items, "%s\n%v", doc, got.Defects)
	})
}
