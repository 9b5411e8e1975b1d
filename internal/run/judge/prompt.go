package judge

import (
	"context"
	"fmt"
	"slices"

	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	files "promptbench/prompts/judge"
)

// The placeholders of a judge's prompt, beside the vars of a case.
const (
	placeReply     = "reply"
	placeQuestions = "questions"
	placeAnswer    = "answer"
	placeReference = "reference"
	placeFirst     = "first"
	placeSecond    = "second"
	placeCriteria  = "criteria"
)

// The names of the prompts in the binary.
const (
	ownCriteria = "judge-v1"
	ownPairwise = "pairwise-v1"
)

// Params returns the parameters of a judge: those of its prompt over those of its model. A prompt in the binary, which
// nobody can edit, gives way to the model's.
func Params(p *prompt.Prompt, model params.Params) params.Params {
	if p.Name == ownCriteria || p.Name == ownPairwise {
		return model.Over(p.Params)
	}
	return p.Params.Over(model)
}

// Load reads the prompt of a judge that puts the questions of a rubric: the file
// that name stands for, as [prompt.Load] finds it, or the one in the binary
// where name is empty. It must use {{input}}, {{reply}}, {{questions}} and
// {{answer}}, and may use {{reference}} and the names in vars.
func Load(ctx context.Context, name string, vars []string) (*prompt.Prompt, problem.List) {
	return load(ctx, name, ownCriteria, files.CriteriaPath, files.Criteria(),
		[]string{placeReply, placeQuestions, placeAnswer}, append(slices.Clone(vars), placeReference))
}

// LoadPairwise reads the prompt of a judge that compares two replies, as [Load]
// does. It must use {{input}}, {{first}}, {{second}}, {{criteria}} and {{answer}}.
func LoadPairwise(ctx context.Context, name string, vars []string) (*prompt.Prompt, problem.List) {
	needs := []string{placeFirst, placeSecond, placeCriteria, placeAnswer}
	return load(ctx, name, ownPairwise, files.PairwisePath, files.Pairwise(), needs, vars)
}

func load(
	ctx context.Context, name, ownName, ownPath string, own []byte, needs, vars []string,
) (*prompt.Prompt, problem.List) {
	var p *prompt.Prompt
	var probs problem.List
	if name == "" {
		p, probs = prompt.Parse(ownName, ownPath, own)
	} else {
		p, probs = prompt.Load(ctx, name)
	}
	if p == nil {
		return nil, probs
	}
	probs = append(probs, p.CheckVars(append(slices.Clone(needs), vars...))...)
	uses := p.Uses()
	for _, need := range needs {
		if !slices.Contains(uses, need) {
			probs.Add(problem.Problem{
				File: p.Path, Message: fmt.Sprintf("a judge's prompt must hold {{%s}}", need),
				Hint: "docs/judge.md says what each placeholder means",
			})
		}
	}
	if p.ResponseFormat == jsonSchema {
		probs.Add(problem.Problem{
			File: p.Path, Message: "a judge's prompt has no jsonSchema of its own: promptbench makes one of the options",
			Hint: "leave responseFormat and jsonSchema out; responseFormat: text asks for no structured output",
		})
	}
	return p, probs
}
