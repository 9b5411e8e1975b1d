package graders_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

var update = flag.Bool("update", false, "rewrite what documents show")

const page = "../docs/custom-graders.md"

// TestPageShowsTheSampleThatIsSent holds the example of the protocol's page to
// what a grader gets, and its tables to all that an object has.
func TestPageShowsTheSampleThatIsSent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)

	var sent bytes.Buffer
	c := graders.NewClient(
		io.MultiReader(strings.NewReader(introduced), strings.NewReader(`{"id":1,"value":1}`+"\n")), &sent,
	)
	_, err = c.Hello("tone")
	require.NoError(t, err)
	sent.Reset()
	_, err = c.Ask(graders.Sample{
		Case: "dentist-tomorrow-10", Trial: 1, Input: "내일 오전 10시에 치과 가기", Vars: map[string]string{
			"today": "2026-11-23 (월)",
		}, Tags: []string{"health", "has-time"},
		Expect: graders.Expect{Type: "answer", Count: &graders.Range{Min: new(2), Max: new(4)}}, Format: reply.JSON,
		Reply: reply.Reply{
			Raw: "```json\n{\"type\":\"answer\",\"items\":[\"치과에 " +
				"전화하기\"]}\n```", Text: "```json\n{\"type\":\"answer\",\"items\":[\"치과에 전화하기\"]}\n```",
			Format: reply.JSON, Document: `{"type":"answer","items":["치과에 전화하기"]}`, Type: "answer", Items: []string{"치과에 전화하기"},
			Defects: []reply.Defect{{Code: reply.CodeFence, Detail: "line 1: the document stands in a code fence"}},
		},
	})
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, sent.Bytes(), "", "  "))

	block := regexp.MustCompile("(?s)```json sample\n(.*?)\n```")
	require.Regexp(t, block, string(text))
	want := "```json sample\n" + strings.TrimSpace(indented.String()) + "\n```"
	if *update {
		text = block.ReplaceAllLiteral(text, []byte(want))
		require.NoError(t, os.WriteFile(page, text, 0o600))
	}
	require.Contains(t, string(text), want, "go test ./graders -run Page -update rewrites it")

	var message map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(sent.Bytes(), &message))
	var parts map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(message["reply"], &parts))
	for _, fields := range []map[string]json.RawMessage{message, parts} {
		for name := range fields {
			require.Contains(t, string(text), "\n| `"+name+"` | ")
		}
	}
}
