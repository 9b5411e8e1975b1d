// Package editor asks the editor, the model of a project that writes text for people to judge: revisions of a prompt
// and inputs of cases. Its requests are the cases of a suite of their own, so that its answers are recorded, replayed
// and resumed as all replies are. What it answers is input from outside: the caller checks it strictly.
package editor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// ErrUnfinished says that a job ended early, so that the same command goes on where it was.
var ErrUnfinished = errors.New(
	"not finished; run the same command again to go on, with a larger limit if one was reached",
)

// An Editor answers requests.
type Editor struct {
	Name    string         // of its model
	Prompt  *prompt.Prompt // it holds {{input}}, the request, and no other placeholder
	Params  params.Params  // of its requests
	Context int            // tokens of a request and its answer; 0 for any number
}

// New is an editor on a model of the config, or on an id. The prompt in the binary gives way to the parameters of the
// model; a prompt of the project does not.
func New(p *project.Project, name string, asks *prompt.Prompt, isBuiltIn bool) Editor {
	of := p.Config.Models[name]
	if isBuiltIn {
		asks.Params = of.Params.Over(asks.Params)
	}
	asks.Model = ""
	return Editor{Name: name, Prompt: asks, Params: asks.Params.Over(of.Params), Context: of.Context}
}

// Tokens estimates the tokens that a request takes.
func (e Editor) Tokens(request string) int { return engine.Tokens(e.Bytes(request)) }

// Bytes is the length of a request with the editor's own prompt.
func (e Editor) Bytes(request string) int {
	n := len(request)
	for _, m := range e.Prompt.Messages {
		n += len(m.Content)
	}
	return n
}

// Within is the editor with answers that leave room for the requests.
func (e Editor) Within(requests []string) Editor {
	if e.Context == 0 {
		return e
	}
	room := e.Context
	for _, text := range requests {
		room = min(room, e.Context-e.Tokens(text))
	}
	p := *e.Prompt
	most := &p.Params.MaxTokens
	if e.Params.MaxCompletionTokens != nil {
		most = &p.Params.MaxCompletionTokens
	}
	now := cmp.Or(e.Params.MaxCompletionTokens, e.Params.MaxTokens)
	if now == nil || *now > room {
		*most = new(max(1, room))
	}
	e.Prompt = &p
	return e
}

// Requests are what an editor is asked.
type Requests struct {
	For   string // what the answers are, in the name of their suite, such as edits
	Mark  string // a text that a good answer contains
	IDs   []string
	Texts []string
}

// Project is one whose only revision is the editor's prompt, over the requests as cases. Answers leave room for the
// requests.
func (e Editor) Project(p *project.Project, r Requests) (*project.Project, error) {
	e = e.Within(r.Texts)
	type request struct {
		ID    string `json:"id"`
		Input string `json:"input"`
	}
	list := make([]request, len(r.IDs))
	for i := range r.IDs {
		list[i] = request{r.IDs[i], r.Texts[i]}
	}
	name := p.Suite.Name + "-" + r.For
	data, err := json.Marshal(map[string]any{
		"suite": name, "graders": []any{map[string]any{"contains": []string{r.Mark}}}, "cases": list,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the requests to the editor: %w", err)
	}
	requests, probs := suite.Parse(name, data)
	if err := probs.Err(); err != nil {
		return nil, fmt.Errorf("the requests to the editor: %w", err)
	}
	of := *p
	of.Suite, of.Prompts = requests, []*prompt.Prompt{e.Prompt}
	of.Options = project.Options{
		Config: p.Options.Config, EnvFile: p.Options.EnvFile, Runs: p.Options.Runs, Model: e.Name, BaseURL: p.Options.BaseURL,
	}
	if _, ok := p.Config.Models[e.Name]; ok {
		of.Options.BaseURL = ""
	}
	if of.Reader, err = reply.NewReader(requests.Rules); err != nil {
		return nil, fmt.Errorf("reading the editor's answers: %w", err)
	}
	return &of, nil
}

// Ask puts requests to the editor and returns the answers in order; one that did not come is empty. Run runs the
// only revision of a project.
func (e Editor) Ask(
	p *project.Project, r Requests, run func(*project.Project) (*runfile.Run, error),
) ([]string, error) {
	of, err := e.Project(p, r)
	if err != nil {
		return nil, err
	}
	answered, err := run(of)
	if err != nil {
		return nil, err
	}
	answers := make([]string, len(r.IDs))
	for i, id := range r.IDs {
		if call, ok := firstReply(answered, id); ok {
			answers[i] = call.Reply
		}
	}
	return answers, nil
}

// Drive prepares a job, has do run it to its end, and returns the runs of the project's revisions in order. Where a run
// ended early, the error is [ErrUnfinished].
func Drive(
	ctx context.Context, p *project.Project, o job.Options, do func(*job.Revisions) error,
) ([]*runfile.Run, error) {
	revisions, err := job.Prepare(ctx, p, o)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, r := range revisions.Runs {
		paths = append(paths, r.Path)
	}
	if err := do(revisions); err != nil {
		return nil, err
	}
	runs := make([]*runfile.Run, len(paths))
	for i, path := range paths {
		if runs[i], err = runfile.Load(path, runfile.Full); err != nil {
			return nil, err
		}
		if runs[i].Status() != runfile.Complete {
			return nil, ErrUnfinished
		}
	}
	return runs, nil
}

// firstReply is the first reply of a run to a case.
func firstReply(run *runfile.Run, id string) (runfile.Call, bool) {
	for _, c := range run.Calls {
		if c.Case == id && c.For == runfile.ForReply && c.Error == nil {
			return c, true
		}
	}
	return runfile.Call{}, false
}

// Inside is what an answer holds in its last code fence, else all of it.
func Inside(answer string) string {
	lines := strings.Split(strings.ReplaceAll(answer, "\r\n", "\n"), "\n")
	begin, end := -1, -1
	for i, line := range lines {
		if !strings.HasPrefix(line, "```") {
			continue
		}
		switch mark := strings.TrimPrefix(line, "```"); {
		case begin >= 0 && end < 0 && strings.TrimSpace(mark) == "":
			end = i
		case begin < 0 || end >= 0:
			begin, end = i, -1
		}
	}
	switch {
	case begin < 0:
		return answer
	case end < 0: // cut off, or the mark belongs to the text
		return strings.Join(lines[begin+1:], "\n")
	}
	return strings.Join(lines[begin+1:end], "\n")
}
