package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"promptbench/internal/output/progress"
)

// The exit codes of commands that an answer explains.
const (
	exitFailure      = 1
	exitUsage        = 2
	exitRegression   = 3
	exitInconclusive = 4
)

// answer is what an agent gets of a command: the result as the command printed it, then what it told a person. A single
// JSON object is structured content, too. Problems that validate found are a result; else a failure is an error.
func answer(o Outcome, validated bool) *sdk.CallToolResult {
	out := &sdk.CallToolResult{Content: []sdk.Content{}}
	result := strings.TrimSpace(o.Out)
	if result != "" {
		out.Content = append(out.Content, &sdk.TextContent{Text: result})
		if raw := json.RawMessage(result); json.Valid(raw) && bytes.HasPrefix(raw, []byte("{")) {
			out.StructuredContent = raw
		}
	}
	notes := strings.TrimSpace(o.Err)
	switch o.Code {
	case exitFailure, exitUsage:
		out.IsError = !validated || result == ""
	case exitRegression:
		notes += "\nexit code 3: a regression, or a gate is missed"
	case exitInconclusive:
		notes += "\nexit code 4: inconclusive"
	}
	if notes = strings.TrimSpace(notes); notes != "" {
		out.Content = append(out.Content, &sdk.TextContent{Text: notes})
	}
	return out
}

// notifying returns what tells the client how far a run is; nil if it did not ask to know. A run of several jobs counts
// each from zero, and the protocol wants rising numbers, so only those that rise are sent.
func notifying(ctx context.Context, req *sdk.CallToolRequest) func(progress.Update) {
	token := req.Params.GetProgressToken()
	if token == nil {
		return nil
	}
	last := -1
	return func(u progress.Update) {
		if u.Done <= last {
			return
		}
		last = u.Done
		// A client that does not listen any more must not end a run.
		_ = req.Session.NotifyProgress(ctx, &sdk.ProgressNotificationParams{
			ProgressToken: token, Progress: float64(u.Done), Total: float64(u.Total),
		})
	}
}
