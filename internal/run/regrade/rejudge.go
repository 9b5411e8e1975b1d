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
func (r recorded) Lookup(key, _ string) (runfile.Call, bool, error) {
	c, ok := r[key]
	return c, ok, nil
}

// recordedFor has the calls of a run for one purpose.
func recordedFor(run *runfile.Run, purpose string) recorded {
	out := recorded{}
	for _, c := range run.Calls {
		if c.For == purpose && c.Error == nil {
			out[c.Key] = c
		}
	}
	return out
}

// reembed gives the embeddings of a run again, and asks for none.
func reembed(run *runfile.Run) graders.Embedder {
	m := run.Header.Embedder
	if m == nil {
		return nil
	}
	return &runner.Embedder{Params: m.Params, Model: *m, Asker: &runner.Asker{
		Target:   model.Target{API: api.EmbeddingsOf(m.API), Endpoint: m.Endpoint, ID: m.ID},
		Recorded: recordedFor(run, runfile.ForEmbedding),
		Offline:  fmt.Sprintf("run %s has no embedding of this text by %s", run.Header.Run, m.ID),
	}}
}

// rejudge is the judge of a run as its header describes it, which says again
// what it said then and is asked nothing. Of a run without a judge it has
// nothing to say.
func rejudge(run *runfile.Run, criteria []graders.Criterion) *runner.Judge {
	h := run.Header.Judge
	if h == nil || h.Prompt == nil {
		return &runner.Judge{}
	}
	said := recordedFor(run, runfile.ForJudge)
	bench := func(m runfile.Model) *runner.JudgeModel {
		return &runner.JudgeModel{Params: m.Params, Asker: &runner.Asker{
			Target: model.Target{API: api.ByName(m.API), Endpoint: m.Endpoint, ID: m.ID, Thinking: m.Thinking}, Recorded: said,
			Offline: fmt.Sprintf("run %s has no answer of %s to this very question", run.Header.Run, m.ID),
		}}
	}
	out := &runner.Judge{Prompt: PromptOf(*h.Prompt), Default: bench(h.Model), Named: map[string]*runner.JudgeModel{}}
	for _, c := range criteria {
		if m, ok := h.Criteria[c.ID]; ok && c.Judge != "" {
			out.Named[c.Judge] = bench(m)
		}
	}
	return out
}

// PromptOf is the prompt that a run's header holds; its file may have changed since.
func PromptOf(h runfile.Prompt) *prompt.Prompt {
	out := &prompt.Prompt{
		Name: h.Name, Path: h.Path, Params: h.Params, ResponseFormat: h.ResponseFormat, JSONSchema: h.JSONSchema,
		Tools: h.Tools, ToolChoice: h.ToolChoice,
	}
	for _, m := range h.Messages {
		out.Messages = append(out.Messages, prompt.Message(m))
	}
	return out
}
