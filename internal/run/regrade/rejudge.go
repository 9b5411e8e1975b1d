package regrade

import (
	"fmt"

	"promptbench/graders"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

// recorded answers from the calls of a run.
type recorded map[string]runfile.Call

// Lookup implements [runner.Recordings].
func (r recorded) Lookup(key string) (runfile.Call, bool, error) {
	c, ok := r[key]
	return c, ok, nil
}

// rejudge is the judge of a run as its header describes it, which says again
// what it said then and is asked nothing. Of a run without a judge it has
// nothing to say.
func rejudge(run *runfile.Run, criteria []graders.Criterion) *runner.Judge {
	h := run.Header.Judge
	if h == nil || h.Prompt == nil {
		return &runner.Judge{}
	}
	asked := &prompt.Prompt{
		Name: h.Prompt.Name, Path: h.Prompt.Path, Params: h.Prompt.Params, ResponseFormat: h.Prompt.ResponseFormat, JSONSchema: h.Prompt.JSONSchema,
	}
	for _, m := range h.Prompt.Messages {
		asked.Messages = append(asked.Messages, prompt.Message(m))
	}
	said := recorded{}
	for _, c := range run.Calls {
		if c.For == runfile.ForJudge && c.Error == nil {
			said[c.Key] = c
		}
	}
	bench := func(m runfile.Model) *runner.JudgeModel {
		return &runner.JudgeModel{Params: m.Params, Asker: &runner.Asker{
			Target: model.Target{API: api.Chat{}, Endpoint: m.Endpoint, ID: m.ID}, Recorded: said,
			Offline: fmt.Sprintf("run %s has no answer of %s to this very question", run.Header.Run, m.ID),
		}}
	}
	out := &runner.Judge{Prompt: asked, Default: bench(h.Model), Named: map[string]*runner.JudgeModel{}}
	for _, c := range criteria {
		if m, ok := h.Criteria[c.ID]; ok && c.Judge != "" {
			out.Named[c.Judge] = bench(m)
		}
	}
	return out
}
