package improve

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// The editor reads a whole conversation, with what is expected of each reply and what tools returned.
func TestEditorsReadConversations(t *testing.T) {
	t.Parallel()
	c := runfile.Case{
		Case: "a", Input: "비나요", Turns: []graders.Turn{
			{Input: "비나요", Expect: graders.Expect{Contains: []string{"10시"}}}, {Input: "예약해 줘"},
		},
		Expect: graders.Expect{Contains: []string{"예약"}},
	}
	call := func(turn int, purpose, reply, result string) runfile.Call {
		out := runfile.Call{Case: "a", Trial: 1, Turn: turn, For: purpose, Reply: reply}
		if result != "" {
			out.ToolCalls = []graders.ToolCall{{Name: "times", Arguments: "{}", Result: result}}
		}
		return out
	}
	run := &runfile.Run{Cases: []runfile.Case{c}, Calls: []runfile.Call{
		call(1, runfile.ForTurn, "", "[10]"),
		call(1, runfile.ForTurn, strings.Repeat("10시요 ", 100), ""),
		call(2, runfile.ForReply, "했어요", ""),
	}}
	var b strings.Builder
	detail{text: 200}.writeCase(&b, "failing_case", run, c)
	require.Equal(t, `<failing_case>
input: 비나요
expected: contains ["예약"]
expected of the next reply: contains ["10시"]
assistant: → times({})
← [10]
assistant: `+strings.Repeat("10시요 ", 16)+` …
user: 예약해 줘
assistant: 했어요
</failing_case>
`, b.String())

	run.Calls = []runfile.Call{call(0, runfile.ForReply, "했어요", "")}
	b.Reset()
	detail{text: 200}.writeCase(&b, "failing_case", run, runfile.Case{Case: "a", Input: "비나요"})
	require.Equal(t, "<failing_case>\ninput: 비나요\nexpected: no expectations set for this case\nreply: 했어요\n</failing_case>\n", b.String())
}
