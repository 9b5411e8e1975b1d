package phrase_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// What a reply said is its type and items where a suite reads them, and its own
// words where it does not, however much of the run is loaded.
func TestSaid(t *testing.T) {
	t.Parallel()
	types := []string{"answer", "question"}
	listed := reply.Rules{Types: types, JSON: reply.JSONRules{Type: "$.type", Items: "$.items[*]"}}
	label := reply.Rules{Types: types, JSON: reply.JSONRules{Type: "$.type"}}
	tags := reply.Rules{JSON: reply.JSONRules{Items: "$.tags[*]"}}
	items := reply.Rules{Types: types} // in text, marked lines
	for _, test := range []struct {
		name     string
		rules    reply.Rules
		said     string
		typ      string
		items    int
		thinking [][2]string
		want     string
	}{
		{"a list", listed, "{}", "answer", 3, nil, "answer, 3 items"},
		{"an empty list", listed, "{}", "answer", 0, nil, "answer, no items"},
		{"an unread list", listed, "무엇이든", "", 0, nil, "unreadable"},
		{"a label", label, "{}", "answer", 0, nil, "answer"},
		{"an unread label", label, " answer\n", "", 0, nil, `"answer"`},
		{"a list without types", tags, "{}", "", 1, nil, "1 item"},
		{"no list", tags, "no tags", "", 0, nil, `"no tags"`},
		{"marked lines", items, "answer\n1. a", "answer", 1, nil, "answer, 1 item"},
		{"no marked lines", items, "answer", "answer", 0, nil, "answer"},
		{"text", reply.Rules{}, "서울은\n맑아요", "", 2, nil, `"서울은⏎맑아요"`},
		{"no text", reply.Rules{}, " \n", "", 0, nil, "(empty)"},
		{"thinking", reply.Rules{}, "<think>hm</think>yes", "", 0, nil, `"yes"`},
		{"a model's own thinking", reply.Rules{}, "<<hm>>yes", "", 0, [][2]string{{"<<", ">>"}}, `"yes"`},
		{"escapes", reply.Rules{}, "\x1b[31mred\u202e", "", 0, nil, `"[31mred"`},
		{"a long text", reply.Rules{}, strings.Repeat("가", 1000), "", 0, nil, `"` + strings.Repeat("가", 49) + `…"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var file strings.Builder
			for _, record := range []any{
				runfile.Header{
					Kind: runfile.KindHeader, Schema: 1, Run: "r", Reply: test.rules, Trials: 1,
					Model: runfile.Model{Thinking: test.thinking},
				},
				runfile.Case{Kind: runfile.KindCase, Case: "c"},
				runfile.Call{Kind: runfile.KindCall, Case: "c", Trial: 1, For: runfile.ForReply, Reply: test.said},
				runfile.Trial{Kind: runfile.KindTrial, Case: "c", Trial: 1, Read: &runfile.Read{
					Type: test.typ, Items: make([]string, test.items),
				}},
			} {
				line, err := json.Marshal(record)
				require.NoError(t, err)
				file.Write(append(line, '\n'))
			}
			for _, detail := range []runfile.Detail{runfile.Scores, runfile.Replies, runfile.Full} {
				run, err := runfile.Decode(strings.NewReader(file.String()), detail)
				require.NoError(t, err)
				require.Equal(t, test.want, phrase.Said(summary.SaidOf(run, run.TrialsOf("c")), ""))
			}
		})
	}
	require.Equal(t, "error", phrase.Said(summary.Said{Type: "answer"}, "timeout"))
}
