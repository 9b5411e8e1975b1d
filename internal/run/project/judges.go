package project

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/suite"
	"promptbench/internal/model/api"
)

// Specs are what the suite grades by. No judge is needed to say so, and no program
// is started: what one says that it is stays open.
func (p *Project) Specs() ([]graders.Spec, error) {
	built, err := p.Build(graders.Models{Judge: noJudge{}}, p.Programs())
	if err != nil {
		return nil, err
	}
	specs := make([]graders.Spec, len(built))
	for i, g := range built {
		specs[i] = g.Spec()
	}
	return specs, nil
}

// noJudge stands in for a judge where nothing is asked.
type noJudge struct{}

// Ask implements [graders.Judge].
func (noJudge) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, errors.New("no judge is asked here")
}

// Criteria are those of the suite that are put to a judge.
func (p *Project) Criteria() ([]graders.Criterion, error) {
	specs, err := p.Specs()
	return graders.Questions(specs), err
}

// Judges resolves who is asked, by the name that a criterion gives: the flag
// over the criterion over the config. The usual judge has no name.
func (p *Project) Judges(criteria []graders.Criterion) (map[string]Target, error) {
	out := map[string]Target{}
	var probs problem.List
	for _, c := range criteria {
		name, as := cmp.Or(p.Options.Judge, c.Judge, p.Config.Judge), c.Judge
		if p.Options.Judge != "" {
			as = ""
		}
		if _, ok := out[as]; ok {
			continue
		}
		if name == "" {
			probs.Add(p.atRubric(fmt.Sprintf("the criterion %s needs a judge, and none is named", c.ID),
				"pass --judge NAME, or set judge in promptbench.yaml"))
			return nil, probs.Err()
		}
		t, err := p.JudgeTarget(name)
		if err != nil {
			probs.Add(p.atRubric(fmt.Sprintf("the judge of criterion %s: %v", c.ID, err), ""))
			continue
		}
		out[as] = t
	}
	return out, probs.Err()
}

// JudgeTarget finds a judge by name: a model of the config, as it is configured
// there, else an id at --base-url or at OpenAI.
func (p *Project) JudgeTarget(name string) (Target, error) {
	if m, ok := p.Config.Models[name]; ok {
		return p.targetOf(m), nil
	}
	return p.target(name)
}

// Embeds reports whether a grader asks for embeddings.
func (p *Project) Embeds() bool {
	return slices.ContainsFunc(p.Suite.Graders, isEmbedding)
}

// References are the texts that graders by embeddings hold the reply to a case against.
func (p *Project) References(c *suite.Case) []string {
	out := slices.Clone(c.Expect.Reference)
	for _, e := range p.Suite.Graders {
		raw := e.Params
		if e.ByCase != nil {
			raw = e.ByCase[c.ID].Params
		}
		var asked struct {
			To []string `json:"to"`
		}
		if isEmbedding(e) && json.Unmarshal(raw, &asked) == nil { // a case may not name it
			out = append(out, asked.To...)
		}
	}
	return out
}

func isEmbedding(e suite.GraderEntry) bool {
	b, _ := graders.LookUp(e.Name)
	return b.Embeds
}

// Embeddings is the model that embeddings are from, as the config names it, and how a header names it.
func (p *Project) Embeddings() (Target, error) {
	m, ok := p.Config.Models[p.Config.Embeds]
	if !ok {
		missing := problem.Problem{
			File: p.Suite.Path, Message: "the grader similar needs a model of embeddings, and none is named",
			Hint: "set embeddings in promptbench.yaml to a name under models",
		}
		if i := slices.IndexFunc(p.Suite.Graders, isEmbedding); i >= 0 {
			e := p.Suite.Graders[i]
			missing.File, missing.Line, missing.Column = e.File, e.Line, e.Column
		}
		return Target{}, problem.List{missing}
	}
	t := p.targetOf(m)
	embeds := api.EmbeddingsOf(m.API)
	if azure, ok := t.settings.API.(api.Azure); ok {
		azure.API = embeds
		t.settings.API = azure
	} else {
		t.settings.API = embeds
	}
	t.Params = params.Params{Extra: t.Params.Extra}
	return t, nil
}

// atRubric is a problem of the suite's rubric.
func (p *Project) atRubric(message, hint string) problem.Problem {
	out := problem.Problem{File: p.Suite.Path, Message: message, Hint: hint}
	for _, g := range p.Suite.Graders {
		if g.Name == "rubric" {
			out.File, out.Line, out.Column = g.File, g.Line, g.Column
		}
	}
	return out
}
