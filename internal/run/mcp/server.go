// Package mcp offers the commands to coding agents as tools of the Model Context Protocol. Each tool is one command:
// its arguments become flags, and its answer is what the command prints with --format json, so there is nothing to
// learn twice and no second way to compute a result.
//
// What an agent may do is decided here and nowhere else: paths stay inside the project, calls stay within the budget of
// the server, and the commands that make calls are refused unless the person who starts the server allows them.
package mcp

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"promptbench/internal/output/progress"
	"promptbench/internal/run/project"
)

// A Call is one command to run, without the name of the program.
type Call struct {
	Args     []string
	Progress func(progress.Update) // told of how far a run is; nil: nobody
}

// An Outcome is what a command printed, and how it ended.
type Outcome struct {
	Out, Err string
	Code     int // the exit code
	Calls    int // that it began to make
}

// Options say what a server may do.
type Options struct {
	Root       string          // the project, which is the working directory
	Project    project.Options // its config, its file of variables and its runs directory go with every command
	Version    string
	AllowRun   bool // let agents make calls
	MaxCalls   int  // that all runs of this server may make together
	NoPrograms bool // refuse to run suites with graders that are programs

	Command func(context.Context, Call) Outcome
}

// A server is the tools with the state that they share.
type server struct {
	o      Options
	root   string // without symbolic links
	budget budget
}

// instructions tell an agent how the tools belong together.
const instructions = `promptbench says whether one revision of a prompt is better than another.
The loop: list → validate → plan → run → compare → show the cases that changed → edit the prompt as a NEW file.
Read "verdict" first: improved, no_worse, regressed, mixed or inconclusive. inconclusive means too few cases to tell,
not equal; its warnings say how many would do. Never edit a suite or its expectations to make a revision pass.
Sealed cases are left out of every answer. Do not look for them in the suite or in run files: a prompt that was
written with them in view makes the final check worthless.`

// Serve answers one client until it closes its side, or the context ends.
func Serve(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	built, err := New(o)
	if err != nil {
		return err
	}
	return built.Run(ctx, &sdk.IOTransport{Reader: io.NopCloser(in), Writer: unclosed{out}})
}

// unclosed is a stream that is not the server's to close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// New returns a server with all tools. Those that make calls are there in any case, so that an agent can tell a person
// what they need; without [Options.AllowRun] they say so and do nothing.
func New(o Options) (*sdk.Server, error) {
	root, err := filepath.EvalSymlinks(o.Root)
	if err != nil {
		return nil, fmt.Errorf("opening the project: %w", err)
	}
	s := &server{o: o, root: root, budget: newBudget(o.MaxCalls)}
	out := sdk.NewServer(
		&sdk.Implementation{Name: "promptbench", Title: "promptbench", Version: o.Version},
		&sdk.ServerOptions{Instructions: instructions, Capabilities: &sdk.ServerCapabilities{}})
	add(out, "list", listing, s.list)
	add(out, "validate", validating, s.validate)
	add(out, "plan", planning, s.plan)
	add(out, "compare", comparing, s.compare)
	add(out, "show", showing, s.show)
	add(out, "run", running, s.run)
	return out, nil
}

// What agents read of each tool.
const (
	listing = `List the prompts, the suites with their cases, types and graders, and the models of the project.
Start here.`
	validating = `Check prompts, suites and the config: every problem with file, line, column and a hint.
Makes no call. Do it after every edit.`
	planning = `Say how many calls a run would make and replay, what it would cost, and how small a drop its cases can
detect. Makes no call. Do it before a run.`
	comparing = `Compare the recorded runs of two revisions case by case: verdict, graders, flips, slices.
Makes no call.`
	showing = `Show cases of a recorded run in full: input, reply, how it was read, every score with its reason; or why
cases fail. Makes no call.`
	running = `Run revisions over the suite, grade and record the replies. Calls a model, which may cost money, so it
needs max_calls; recorded replies are replayed and do not count. The first revision is the base of the comparison.
The same call goes on with a run that was stopped.`
)

// add adds a tool.
func add[In any](to *sdk.Server, name, description string, of handler[In]) {
	hints := &sdk.ToolAnnotations{ReadOnlyHint: true, OpenWorldHint: new(false)}
	if name == "run" {
		hints = &sdk.ToolAnnotations{DestructiveHint: new(false)}
	}
	sdk.AddTool(to, &sdk.Tool{Name: name, Description: description, Annotations: hints}, of.tool)
}
