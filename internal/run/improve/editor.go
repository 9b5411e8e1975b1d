package improve

import (
	"context"
	"encoding/json"
	"fmt"

	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/run/project"
	files "promptbench/prompts/editor"
)

// An editor answers requests for revisions.
type editor struct {
	name    string // of its model
	prompt  *prompt.Prompt
	params  params.Params // of its requests
	context int           // tokens of a request and its answer; 0 for any number
}

// openEditor finds the model and the prompt of the editor. The prompt in the binary gives way to the parameters of the
// model.
func openEditor(ctx context.Context, p *project.Project, name string) (editor, error) {
	if name == "" {
		return editor{}, problem.List{{
			Message: "improve needs an editor, the model that proposes revisions",
			Hint: "pass --editor NAME, or set editor in promptbench.yaml; with --manual, improve prints what a person " +
				"needs to write the revision",
		}}
	}
	asks, probs := LoadPrompt(ctx, p.Config.EditorPrompt)
	if err := probs.Err(); err != nil {
		return editor{}, err
	}
	of := p.Config.Models[name]
	if p.Config.EditorPrompt == "" {
		asks.Params = of.Params.Over(asks.Params)
	}
	asks.Model = ""
	return editor{name: name, prompt: asks, params: asks.Params.Over(of.Params), context: of.Context}, nil
}

// LoadPrompt reads the prompt of an editor, or the one in the binary where name is empty. It holds {{input}}, the
// request, and no other placeholder.
func LoadPrompt(ctx context.Context, name string) (*prompt.Prompt, problem.List) {
	var p *prompt.Prompt
	var probs problem.List
	if name == "" {
		p, probs = prompt.Parse("editor-v1", files.Path, files.Own())
	} else {
		p, probs = prompt.Load(ctx, name)
	}
	if p != nil {
		probs = append(probs, p.CheckVars(nil)...)
	}
	return p, probs
}

// project is one whose only revision is the editor's prompt, over the requests as cases.
func (e editor) project(p *project.Project, ids, texts []string) (*project.Project, error) {
	type request struct {
		ID    string `json:"id"`
		Input string `json:"input"`
	}
	list := make([]request, len(ids))
	for i := range ids {
		list[i] = request{ids[i], texts[i]}
	}
	name := p.Suite.Name + "-edits"
	data, err := json.Marshal(map[string]any{
		"suite": name, "graders": []any{map[string]any{"contains": []string{"messages:"}}}, "cases": list,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the requests to the editor: %w", err)
	}
	requests, probs := suite.Parse(name, data)
	if err := probs.Err(); err != nil {
		return nil, fmt.Errorf("the requests to the editor: %w", err)
	}
	of := *p
	of.Suite, of.Prompts = requests, []*prompt.Prompt{e.prompt}
	of.Options = project.Options{
		Config: p.Options.Config, EnvFile: p.Options.EnvFile, Runs: p.Options.Runs, Model: e.name, BaseURL: p.Options.BaseURL,
	}
	if _, ok := p.Config.Models[e.name]; ok {
		of.Options.BaseURL = ""
	}
	if of.Reader, err = reply.NewReader(requests.Rules); err != nil {
		return nil, fmt.Errorf("reading the editor's answers: %w", err)
	}
	return &of, nil
}

// ask puts requests to the editor and returns its answers; one that did not come is empty.
func (s *Search) ask(ctx context.Context, ids, texts []string) ([]string, error) {
	of, err := s.editor.within(texts).project(s.Project, ids, texts)
	if err != nil {
		return nil, err
	}
	o := s.jobOptions()
	o.Trials = 1
	runs, err := s.drive(ctx, of, o)
	if err != nil {
		return nil, err
	}
	answers := make([]string, len(ids))
	for i, id := range ids {
		if call, ok := firstReply(runs[0], id); ok {
			answers[i] = call.Reply
		}
	}
	return answers, nil
}
