package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// agentKey is what the fake endpoint is called with, and repeats.
const agentKey = "sk-agent-0123456789abcdef"

// An agentProject is a project with an endpoint, and an agent's client of it.
type agentProject struct {
	t      *testing.T
	dir    string
	server *fakeopenai.Server
}

// newAgentProject copies the project of the scripts and starts an endpoint that answers as they do.
func newAgentProject(t *testing.T) agentProject {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/project")))
	replies, err := os.ReadFile(filepath.Join(dir, "replies.jsonl"))
	require.NoError(t, err)
	list, err := parseRules(string(replies))
	require.NoError(t, err)
	server := fakeopenai.New(list.answer)
	t.Cleanup(server.Close)
	config := "suite: cases/todos.yaml\nmodel: fake\nmodels:\n  fake: {base_url: " + server.URL() +
		", model: fake-1, api_key_env: AGENT_KEY}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "promptbench.yaml"), []byte(config), 0o600))
	return agentProject{t, dir, server}
}

// connect starts promptbench mcp as an agent would, and returns a client of it.
func (p agentProject) connect(flags ...string) *sdk.ClientSession {
	p.t.Helper()
	command := exec.CommandContext(p.t.Context(), "promptbench", append([]string{"mcp"}, flags...)...)
	command.Dir, command.Env = p.dir, append(os.Environ(), "AGENT_KEY="+agentKey)
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(p.t.Context(), &sdk.CommandTransport{Command: command}, nil)
	require.NoError(p.t, err)
	p.t.Cleanup(func() { _ = session.Close() })
	return session
}

// An agentAnswer is what a tool says.
type agentAnswer struct {
	isError bool
	result  map[string]any // of a single JSON object
	text    string         // all of it
}

func (p agentProject) call(s *sdk.ClientSession, tool string, args map[string]any) agentAnswer {
	p.t.Helper()
	result, err := s.CallTool(p.t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	require.NoError(p.t, err)
	out := agentAnswer{isError: result.IsError}
	out.result, _ = result.StructuredContent.(map[string]any)
	for _, c := range result.Content {
		text, ok := c.(*sdk.TextContent)
		require.True(p.t, ok)
		out.text += text.Text + "\n"
	}
	require.NotContains(p.t, out.text, agentKey)
	return out
}

// printed is what a command prints for a person who asks for JSON.
func (p agentProject) printed(args ...string) map[string]any {
	p.t.Helper()
	command := exec.CommandContext(p.t.Context(), "promptbench", append(args, "--format", "json")...)
	command.Dir = p.dir
	out, err := command.Output()
	require.NoError(p.t, err)
	var result map[string]any
	require.NoError(p.t, json.Unmarshal(out, &result))
	return result
}

// The loop of an agent: what is here, is it valid, what does a run need, run, compare, look at what changed.
func TestAgentGoesFromValidateToCompare(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	s := p.connect("--allow-run", "--max-calls", "20")
	require.Contains(t, s.InitializeResult().Instructions, "Sealed cases")

	list := p.call(s, "list", nil)
	require.Len(t, list.result["prompts"], 2)
	require.Equal(t, p.printed("list"), list.result)

	valid := p.call(s, "validate", nil)
	require.False(t, valid.isError, valid.text)
	require.Equal(t, p.printed("validate"), valid.result)

	both := map[string]any{"prompts": []string{"prompts/v2", "prompts/v3"}}
	plan := p.call(s, "plan", both)
	require.Equal(t, p.printed("plan", "prompts/v2", "prompts/v3"), plan.result)
	require.Empty(t, p.server.Requests())

	run := p.call(s, "run", map[string]any{"prompts": both["prompts"], "max_calls": 12})
	require.False(t, run.isError, run.text)
	require.Len(t, p.server.Requests(), 12)

	compared := p.call(s, "compare", map[string]any{"base": "prompts/v2", "head": "prompts/v3"})
	require.False(t, compared.isError, compared.text)
	require.Equal(t, p.printed("compare", "prompts/v2", "prompts/v3"), compared.result)
	require.Equal(t, run.result["verdict"], compared.result["verdict"])
	flip, ok := compared.result["flips"].([]any)[0].(map[string]any)
	require.True(t, ok)

	shown := p.call(s, "show", map[string]any{"run": "prompts/v2", "cases": []any{flip["case"]}})
	shownCase, ok := shown.result["case"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, flip["case"], shownCase["case"])
	require.Contains(t, shown.text, "어떤 보고서인가요?")
	require.NotContains(t, shown.text, "개정 2", "the prompt is long, and only with with_prompt")
	causes := p.call(s, "show", map[string]any{"run": "prompts/v2", "causes": true})
	require.Equal(t, p.printed("show", "prompts/v2", "--failed", "--by", "cause"), causes.result)
	require.Len(t, p.server.Requests(), 12)
}

func TestAgentNeedsLeaveAndABudgetToRun(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	one := func(most int) map[string]any {
		return map[string]any{"prompts": []string{"prompts/v3"}, "max_calls": most, "fresh": true}
	}

	readOnly := p.connect()
	refused := p.call(readOnly, "run", one(1))
	require.True(t, refused.isError)
	require.Contains(t, refused.text, "--allow-run --max-calls N")
	require.Empty(t, p.server.Requests())
	require.NoDirExists(t, filepath.Join(p.dir, "runs"))

	s := p.connect("--allow-run", "--max-calls", "8")
	require.True(t, p.call(s, "run", map[string]any{"prompts": []string{"prompts/v3"}}).isError, "max_calls is missing")
	refused = p.call(s, "run", one(9))
	require.True(t, refused.isError)
	require.Contains(t, refused.text, "ask for at most 8")
	require.Empty(t, p.server.Requests())

	stopped := p.call(s, "run", one(3))
	require.True(t, stopped.isError)
	require.Contains(t, stopped.text, "stopped at --max-calls 3")
	require.Len(t, p.server.Requests(), 3)
	refused = p.call(s, "run", one(6))
	require.Contains(t, refused.text, "may make 5 calls more: ask for at most 5")
	rest := one(5)
	delete(rest, "fresh") // goes on with the run, and needs 3 more calls
	require.False(t, p.call(s, "run", rest).isError)
	require.Len(t, p.server.Requests(), 6)
	require.Contains(t, p.call(s, "run", one(3)).text, "ask for at most 2")
}

// Two runs at once share the budget, and what one made is not lost on the other.
func TestAgentsRunsTakeTurns(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	s := p.connect("--allow-run", "--max-calls", "6")
	answers := make(chan agentAnswer, 2)
	for range 2 {
		go func() {
			answers <- p.call(s, "run", map[string]any{"prompts": []string{"prompts/v3"}, "max_calls": 6, "fresh": true})
		}()
	}
	first, second := <-answers, <-answers
	require.NotEqual(t, first.isError, second.isError, "one of them has nothing left")
	require.Len(t, p.server.Requests(), 6)
}

func TestAgentStaysInsideTheProject(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	outside := t.TempDir()
	for _, name := range []string{"secret.yaml", "v9.prompt.yml", "run.jsonl"} {
		require.NoError(t, os.WriteFile(filepath.Join(outside, name), []byte("password: hunter2"), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, ".env"), []byte("AGENT_KEY=hunter2\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "notes.txt"), []byte("password: hunter2\n"), 0o600))
	if err := os.Symlink(outside, filepath.Join(p.dir, "prompts", "elsewhere")); err != nil {
		t.Skip("no symbolic links here")
	}
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.yaml"), filepath.Join(p.dir, "cases", "linked.yaml")))
	s := p.connect()
	for _, path := range []string{
		filepath.Join(outside, "secret.yaml"), "../secret.yaml", "prompts/../../secret.yaml", ".env", "./.env", "notes.txt",
		"prompts/elsewhere/v9", "prompts/elsewhere/secret.yaml", "cases/linked.yaml", "cases/linked", ".git/config", "", "/",
		"prompts/elsewhere/v9@main", "prompts/elsewhere/run.jsonl",
	} {
		for tool, args := range map[string]map[string]any{
			"validate": {"prompts": []string{path}},
			"plan":     {"prompts": []string{path}},
			"show":     {"run": path},
			"compare":  {"base": "prompts/v2", "head": path},
		} {
			got := p.call(s, tool, args)
			require.True(t, got.isError, "%s %s: %s", tool, path, got.text)
			require.NotContains(t, got.text, "hunter2", path)
			require.Contains(t, got.text, "name one inside the project", path)
		}
		if path != "" { // the suite of the config
			require.True(t, p.call(s, "plan", map[string]any{"prompts": []string{"prompts/v3"}, "suite": path}).isError, path)
		}
	}
	// Neither a flag nor a model of the agent's own gets through.
	for _, args := range []map[string]any{
		{"prompts": []string{"--base-url=http://127.0.0.1:9"}},
		{"prompts": []string{"prompts/v3"}, "model": "openai:gpt-6-luna"},
		{"prompts": []string{"prompts/v3"}, "base_url": "http://127.0.0.1:9"},
	} {
		require.True(t, p.call(s, "plan", args).isError, args)
	}
	require.False(t, p.call(s, "validate", map[string]any{"prompts": []string{filepath.Join(p.dir, "prompts", "v3")}}).isError)
}

// Sealed cases are in no answer: not of a run that opened the seal, nor of one from before there was a seal.
func TestAgentSeesNoSealedCase(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	suite := filepath.Join(p.dir, "cases", "todos.yaml")
	data, err := os.ReadFile(suite)
	require.NoError(t, err)
	person := func(args ...string) {
		command := exec.CommandContext(t.Context(), "promptbench", args...)
		command.Dir, command.Env = p.dir, append(os.Environ(), "AGENT_KEY="+agentKey)
		_, err := command.Output()
		require.NoError(t, err)
	}
	var sealed []string
	ask := func() {
		s := p.connect()
		plan := p.call(s, "plan", map[string]any{"prompts": []string{"prompts/v3"}, "fresh": true})
		require.InDelta(t, 3, plan.result["cases"], 0)
		seen, hidden := 0, []string{}
		for _, id := range []string{"dentist", "report", "friend", "family", "script", "hello"} {
			if !p.call(s, "show", map[string]any{"run": "prompts/v3", "cases": []string{id}}).isError {
				seen++
			} else {
				hidden = append(hidden, id)
			}
		}
		require.Equal(t, 3, seen)
		sealed = hidden
		all := p.call(s, "show", map[string]any{"run": "prompts/v3", "limit": 100})
		require.Equal(t, 3, strings.Count(all.text, `{"schema":1,"run"`))
		compared := p.call(s, "compare", map[string]any{"base": "prompts/v2", "head": "prompts/v3"})
		require.InDelta(t, 3, compared.result["pairs"], 0, compared.text)
		require.NotContains(t, compared.result, "sealed")
		for _, id := range sealed {
			require.NotContains(t, compared.text+all.text, `"`+id+`"`)
		}
	}
	person("run", "prompts/v2", "prompts/v3", "--max-errors", "0")
	found, err := filepath.Glob(filepath.Join(p.dir, "runs", "*-v2-*.jsonl"))
	require.NoError(t, err)
	before, err := filepath.Rel(p.dir, found[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(suite, append([]byte("sealed: 50%\n"), data...), 0o600))
	ask()
	s := p.connect("--allow-run", "--max-calls", "0")
	replayed := p.call(s, "run", map[string]any{"prompts": []string{"prompts/v3"}, "max_calls": 0, "baseline": before})
	require.InDelta(t, 3, replayed.result["pairs"], 0, replayed.text)
	for _, id := range sealed {
		require.NotContains(t, replayed.text, `"`+id+`"`)
	}
	require.Len(t, sealed, 3)
	person("run", "prompts/v2", "prompts/v3", "--open-seal")
	ask()
}

// An endpoint that repeats the key does not get it into an answer.
func TestAgentSeesNoKey(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	chatty := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		if strings.Contains(r.Input(), "안녕") {
			return fakeopenai.Error(401, "invalid_api_key", "no such key: "+agentKey)
		}
		return fakeopenai.Text("the key is " + agentKey)
	})
	t.Cleanup(chatty.Close)
	config := filepath.Join(p.dir, "promptbench.yaml")
	data, err := os.ReadFile(config)
	require.NoError(t, err)
	told := strings.ReplaceAll(string(data), p.server.URL(), chatty.URL())
	require.NoError(t, os.WriteFile(config, []byte(told), 0o600))
	s := p.connect("--allow-run", "--max-calls", "6")
	run := p.call(s, "run", map[string]any{"prompts": []string{"prompts/v3"}, "max_calls": 6})
	require.Contains(t, run.text, "no such key: [redacted]")
	shown := p.call(s, "show", map[string]any{"run": "prompts/v3", "limit": 6})
	require.Contains(t, shown.text, "[redacted]")
}

// Looking starts no program of the suite: the person has not allowed to run anything.
func TestReadOnlyAgentStartsNoProgram(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	run := p.connect("--allow-run", "--max-calls", "12")
	both := map[string]any{"prompts": []string{"prompts/v2", "prompts/v3"}, "max_calls": 12}
	require.False(t, p.call(run, "run", both).isError)
	suite := filepath.Join(p.dir, "cases", "todos.yaml")
	data, err := os.ReadFile(suite)
	require.NoError(t, err)
	trap := filepath.Join(p.dir, "trap.sh")
	require.NoError(t, os.WriteFile(trap, []byte("#!/bin/sh\ntouch "+filepath.Join(p.dir, "started")+"\n"), 0o700))
	changed := strings.Replace(string(data), "  - format\n", "  - format\n  - command: ["+trap+"]\n", 1)
	require.NoError(t, os.WriteFile(suite, []byte(changed), 0o600))
	s := p.connect()
	compared := p.call(s, "compare", map[string]any{"base": "prompts/v2", "head": "prompts/v3"})
	require.False(t, compared.isError, compared.text)
	p.call(s, "validate", nil)
	p.call(s, "plan", map[string]any{"prompts": both["prompts"]})
	p.call(s, "show", map[string]any{"run": "prompts/v3"})
	require.NoFileExists(t, filepath.Join(p.dir, "started"))
	refused := p.call(p.connect("--allow-run", "--max-calls", "12", "--no-programs"), "run", both)
	require.True(t, refused.isError)
	require.NoFileExists(t, filepath.Join(p.dir, "started"))
}

// A client that asks how far a run is hears of it.
func TestAgentHearsOfProgress(t *testing.T) {
	t.Parallel()
	p := newAgentProject(t)
	command := exec.CommandContext(t.Context(), "promptbench", "mcp", "--allow-run", "--max-calls", "6")
	command.Dir, command.Env = p.dir, append(os.Environ(), "AGENT_KEY="+agentKey)
	heard := make(chan float64, 10)
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, &sdk.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) {
			heard <- r.Params.Progress / r.Params.Total
		},
	})
	s, err := client.Connect(t.Context(), &sdk.CommandTransport{Command: command}, nil)
	require.NoError(t, err)
	defer s.Close() //nolint:errcheck // of a process that ends with its input
	params := &sdk.CallToolParams{Name: "run", Arguments: map[string]any{"prompts": []string{"prompts/v3"}, "max_calls": 6}}
	params.SetProgressToken("1")
	_, err = s.CallTool(t.Context(), params)
	require.NoError(t, err)
	for share := range heard {
		if share == 1 {
			break
		}
	}
}
