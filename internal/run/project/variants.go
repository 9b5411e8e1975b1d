package project

import (
	"encoding/json"
	"fmt"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// A Variant is a revision on a model: a column of a result.
type Variant struct {
	Name   string // by what differs among the variants: the prompt, the model or both
	Prompt *prompt.Prompt
	Target Target
}

// Variants are the revisions on the models, those of the first revision first. All
// revisions run on one model unless several are named: of those that their files send
// to different ones, the prompt might not be the cause of a difference. What is
// wrong comes back before any call.
func (p *Project) Variants() ([]Variant, error) {
	models := p.Options.Models
	if len(models) == 0 {
		models = []string{p.Options.Model}
	}
	var probs problem.List
	var out []Variant
	var headers []runfile.Header
	for _, revision := range p.Prompts {
		for _, name := range models {
			t, err := p.targetFor(revision, name)
			if err == nil {
				err = t.checked(revision)
			}
			if err == nil {
				err = p.checkAttachments(t, revision)
			}
			if err != nil {
				probs = append(probs, problem.From(err)...) // what was typed is wrong
				continue
			}
			out = append(out, Variant{Prompt: revision, Target: t})
			headers = append(headers, runfile.Header{
				Prompt: runfile.Prompt{Name: revision.Name},
				Model:  t.Record(),
			})
		}
		if len(probs) > 0 {
			return nil, probs.Err()
		}
	}
	for i, name := range compare.Names(headers) {
		out[i].Name = name
	}
	return out, p.checkVariants(out)
}

// checkVariants refuses variants that send the same, and revisions whose files send
// them to different models.
func (p *Project) checkVariants(list []Variant) error {
	for i, v := range list {
		first, t := list[0].Target, v.Target
		if len(p.Options.Models) == 0 && !t.Record().Same(first.Record()) {
			return problem.List{{
				Message: fmt.Sprintf("%s runs on %s (%s) and %s on %s (%s), so the prompt may not be the cause of a difference",
					list[0].Prompt.Name, first.ID, first.Label, v.Prompt.Name, t.ID, t.Label),
				Hint: "name one model with --model, or run them one by one and compare with --allow model",
			}}
		}
		for _, other := range list[:i] {
			if other.Prompt == v.Prompt && other.Target.Name != t.Name && sendSame(other.Target, t) {
				return problem.List{{
					Message: fmt.Sprintf("%s and %s are one model with the same parameters for %s: %s (%s)",
						other.Target.Name, t.Name, v.Prompt.Name, t.ID, t.Label),
					Hint: "name one of them with --model",
				}}
			}
		}
	}
	return nil
}

// Record is the target as a run's header has it.
func (t Target) Record() runfile.Model {
	return runfile.Model{
		Name: t.Name, Endpoint: t.Label, API: t.API, ID: t.ID, Params: t.Params, Thinking: t.settings.Thinking,
	}
}

// Means reports whether a name, as --model takes it, means a run's model now.
func (p *Project) Means(name string, m runfile.Model) bool {
	t, err := p.target(name)
	return err == nil && t.Record().Same(m)
}

// sendSame reports whether a prompt sends the same requests to two targets.
func sendSame(a, b Target) bool {
	x, errX := json.Marshal(a.Params)
	y, errY := json.Marshal(b.Params)
	return a.Record().Same(b.Record()) && errX == nil && errY == nil && string(x) == string(y)
}
