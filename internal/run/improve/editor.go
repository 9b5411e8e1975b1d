package improve

import (
	"context"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	files "promptbench/prompts/editor"
)

// openEditor finds the model and the prompt of the editor.
func openEditor(ctx context.Context, p *project.Project, name string) (editor.Editor, error) {
	if name == "" {
		return editor.Editor{}, problem.List{{
			Message: "improve needs an editor, the model that proposes revisions",
			Hint: "pass --editor NAME, or set editor in promptbench.yaml; with --manual, improve prints what a person " +
				"needs to write the revision",
		}}
	}
	asks, probs := LoadPrompt(ctx, p.Config.EditorPrompt)
	if err := probs.Err(); err != nil {
		return editor.Editor{}, err
	}
	return editor.New(p, name, asks, p.Config.EditorPrompt == ""), nil
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

// requests are those for revisions.
func requests(ids, texts []string) editor.Requests {
	return editor.Requests{For: "edits", Mark: "messages:", IDs: ids, Texts: texts}
}

// checkEditor refuses, before any call, an editor that cannot be asked within the limits.
func (s *Search) checkEditor() error {
	of, err := s.editor.Project(s.Project, requests([]string{"check"}, []string{"check"}))
	if err != nil {
		return err
	}
	variants, err := of.Variants()
	if err != nil {
		return err
	}
	return job.CheckPrice(variants[0].Target, s.options.Job)
}

// ask puts requests to the editor and returns its answers; one that did not come is empty.
func (s *Search) ask(ctx context.Context, ids, texts []string) ([]string, error) {
	return s.editor.Ask(s.Project, requests(ids, texts), func(of *project.Project) (*runfile.Run, error) {
		o := s.jobOptions()
		o.Trials = 1
		runs, err := s.drive(ctx, of, o)
		if err != nil {
			return nil, err
		}
		return runs[0], nil
	})
}
