package reply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// A path that visits each node many times ends, and so does a filter.
func TestPathsAreBounded(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat(`{"a":`, 3000) + "1" + strings.Repeat("}", 3000)
	wide := `[` + strings.Repeat(`{"a":[{"b":1}]},`, 5000) + `1]`
	for _, path := range []string{"$..a..b", "$..a..a..a", "$..*..*", "$..[?@..a..b]", "$..[?count(@..*) > 9]", "$[?count($..*) > 1]"} {
		r := newReader(t, reply.Rules{
			Types: []string{"answer"}, JSON: reply.JSONRules{Type: "$.type", Items: path},
		})
		for _, doc := range []string{nested, wide} {
			begun := time.Now()
			got := r.Read(`{"type":"answer","x":`+doc+`}`, "", reply.JSON)
			require.Less(t, time.Since(begun), time.Minute, path)
			require.LessOrEqual(t, len(got.Items), reply.MaxItems)
		}
	}
	many := "<s type='answer'>" + strings.Repeat("<a>가</a>", 20_000) + "</s>"
	for _, path := range []string{"//a[count(//a) > 3]", "//a[preceding::a]", "//*[.//a]//a"} {
		r := newReader(t, reply.Rules{Types: []string{"answer"}, XML: reply.XMLRules{Type: "//s/@type", Items: path}})
		begun := time.Now()
		got := r.Read(many, "", reply.XML)
		if path == "//a[count(//a) > 3]" {
			require.Equal(t, []reply.Code{reply.CodeTooManyItems}, codes(got))
		}
		require.Less(t, time.Since(begun), time.Minute, path)
	}
}

// The members of an object come in the same order each time.
func TestItemsOfAnObject(t *testing.T) {
	t.Parallel()
	const doc = `{"type":"answer","items":{"5":"마","1":"가","3":"다","2":"나","4":"라"}}`
	for path, want := range map[string][]string{
		"$.items[*]":         {"가", "나", "다", "라", "마"},
		"$.items[?@ != '다']": {"가", "나", "라", "마"},
		"$.items['2', '1']":  {"나", "가"},
		"$..['3']":           {"다"},
		"$.items.*":          {"가", "나", "다", "라", "마"},
	} {
		r := newReader(t, reply.Rules{
			Types: []string{"answer"}, JSON: reply.JSONRules{Type: "$.type", Items: path},
		})
		for range 20 {
			require.Equal(t, want, r.Read(doc, "", reply.JSON).Items, path)
		}
	}
}
