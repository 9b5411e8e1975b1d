package mcp

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"promptbench/internal/record/runfile"
)

type listInput struct{}

type validateInput struct {
	Prompts []string `json:"prompts,omitempty" jsonschema:"only these prompts, such as prompts/v3; default: all files"`
	Suite   string   `json:"suite,omitempty" jsonschema:"only this suite file; default: all in cases"`
}

// A selection says what is run: it is shared by plan and run.
type selection struct {
	Prompts []string `json:"prompts" jsonschema:"revisions, such as prompts/v2 and prompts/v3; the first is the base"`
	Suite   string   `json:"suite,omitempty" jsonschema:"the suite file; default: that of the config"`
	Model   string   `json:"model,omitempty" jsonschema:"a model by its name in the config; default: that of the config"`
	Cases   []string `json:"cases,omitempty" jsonschema:"only the cases with these ids; a verdict needs all"`
	Tags    []string `json:"tags,omitempty" jsonschema:"only cases with one of these tags; a verdict needs all"`
	Trials  int      `json:"trials,omitempty" jsonschema:"run each case so many times; default 1"`
	Fresh   bool     `json:"fresh,omitempty" jsonschema:"call the model even if a reply is recorded"`
}

type planInput struct{ selection }

type runInput struct {
	selection

	MaxCalls int     `json:"max_calls" jsonschema:"make at most so many calls; plan says how many a run needs"`
	MaxCost  float64 `json:"max_cost,omitempty" jsonschema:"stop before the calls cost more, by the prices of the config"`
	Baseline string  `json:"baseline,omitempty" jsonschema:"compare with this run file, not with the first revision"`
}

type compareInput struct {
	Base  string   `json:"base" jsonschema:"a revision such as prompts/v2, a run file or the id of a run"`
	Head  string   `json:"head" jsonschema:"likewise; it is compared with the base"`
	Suite string   `json:"suite,omitempty" jsonschema:"the suite file; default: that of the base's run"`
	Model string   `json:"model,omitempty" jsonschema:"only runs on this model, by its name in the config"`
	Tags  []string `json:"tags,omitempty" jsonschema:"only cases with one of these tags"`
}

type showInput struct {
	Run         string   `json:"run" jsonschema:"a revision, such as prompts/v3, a run file or the id of a run"`
	Suite       string   `json:"suite,omitempty" jsonschema:"prefer runs of this suite file"`
	Model       string   `json:"model,omitempty" jsonschema:"only runs on this model, by its name in the config"`
	Cases       []string `json:"cases,omitempty" jsonschema:"only the cases with these ids"`
	Tags        []string `json:"tags,omitempty" jsonschema:"only cases with one of these tags"`
	Failed      bool     `json:"failed,omitempty" jsonschema:"only cases that fail"`
	Causes      bool     `json:"causes,omitempty" jsonschema:"instead of cases: why cases fail, grouped, with their ids"`
	Limit       int      `json:"limit,omitempty" jsonschema:"at most so many cases; default 5"`
	WithPrompt  bool     `json:"with_prompt,omitempty" jsonschema:"with the messages as they were sent, which are long"`
	Expressions bool     `json:"expressions,omitempty" jsonschema:"with the expressions of checks"`
}

// shownCases is how many cases show answers with unless it is asked for more: an agent reads all of them.
const shownCases = 5

// A handler runs the command that an input means.
type handler[In any] func(context.Context, *sdk.CallToolRequest, In) (Outcome, error)

func (of handler[In]) tool(ctx context.Context, req *sdk.CallToolRequest, in In) (*sdk.CallToolResult, any, error) {
	out, err := of(ctx, req, in)
	if err != nil {
		return nil, nil, err
	}
	return answer(out, req.Params.Name == "validate"), nil, nil
}

// do runs a command that makes no call.
func (s *server) do(ctx context.Context, a *args) (Outcome, error) {
	list, err := a.list()
	if err != nil {
		return Outcome{}, err
	}
	return s.o.Command(ctx, Call{Args: list}), nil
}

func (s *server) list(ctx context.Context, _ *sdk.CallToolRequest, _ listInput) (Outcome, error) {
	return s.do(ctx, s.args("list"))
}

func (s *server) validate(ctx context.Context, _ *sdk.CallToolRequest, in validateInput) (Outcome, error) {
	a := s.args("validate")
	a.file("suite", in.Suite, promptFiles())
	if len(in.Prompts) > 0 {
		a.prompts(in.Prompts)
	}
	return s.do(ctx, a)
}

func (s *server) selected(command string, in selection) *args {
	a := s.args(command)
	a.file("suite", in.Suite, promptFiles())
	a.model(in.Model)
	a.each("case", in.Cases)
	a.each("tag", in.Tags)
	set(a, "trials", in.Trials)
	set(a, "fresh", in.Fresh)
	a.prompts(in.Prompts)
	return a
}

func (s *server) plan(ctx context.Context, _ *sdk.CallToolRequest, in planInput) (Outcome, error) {
	return s.do(ctx, s.selected("plan", in.selection))
}

func (s *server) compare(ctx context.Context, _ *sdk.CallToolRequest, in compareInput) (Outcome, error) {
	a := s.args("compare")
	a.file("suite", in.Suite, promptFiles())
	a.model(in.Model)
	a.each("tag", in.Tags)
	a.name("base", in.Base, runFiles())
	a.name("head", in.Head, runFiles())
	return s.do(ctx, a)
}

func (s *server) show(ctx context.Context, _ *sdk.CallToolRequest, in showInput) (Outcome, error) {
	a := s.args("show")
	a.file("suite", in.Suite, promptFiles())
	a.model(in.Model)
	a.each("case", in.Cases)
	a.each("tag", in.Tags)
	if in.Causes {
		a.add("failed", true)
		a.add("by", "cause")
	} else {
		set(a, "failed", in.Failed)
		if in.Limit == 0 {
			in.Limit = max(shownCases, len(in.Cases))
		}
		a.add("limit", in.Limit)
		a.add("no-prompt", !in.WithPrompt)
		set(a, "expressions", in.Expressions)
	}
	a.name("run", in.Run, runFiles())
	return s.do(ctx, a)
}

// errReadOnly says who can change what a server may do.
var errReadOnly = errors.New("this server is read-only and makes no call: ask the person to start it as " +
	"promptbench mcp --allow-run --max-calls N; until then, plan says what a run needs, " +
	"and compare and show use recorded runs")

func (s *server) run(ctx context.Context, req *sdk.CallToolRequest, in runInput) (out Outcome, err error) {
	if !s.o.AllowRun {
		return out, errReadOnly
	}
	a := s.selected("run", in.selection)
	a.file("baseline", in.Baseline, []string{runfile.Ext})
	a.add("max-calls", in.MaxCalls)
	set(a, "max-cost", in.MaxCost)
	set(a, "no-programs", s.o.NoPrograms)
	list, err := a.list()
	if err != nil {
		return out, err
	}
	err = s.budget.spend(ctx, in.MaxCalls, func() int {
		out = s.o.Command(ctx, Call{Args: list, Progress: notifying(ctx, req)})
		return out.Calls
	})
	if err != nil {
		return out, fmt.Errorf("nothing was sent: %w", err)
	}
	return out, nil
}
