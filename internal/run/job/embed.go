package job

import (
	"fmt"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// countTexts counts the texts whose vectors graders need, each once, if all replies differ.
func countTexts(p *project.Project, trials int) (int, error) {
	if !p.Embeds() {
		return 0, nil
	}
	texts, replies := map[string]bool{}, 0
	for c, err := range p.Cases() {
		if err != nil {
			return 0, err
		}
		all := p.References(&c)
		if len(all) > 0 {
			replies += trials
		}
		for _, text := range all {
			texts[strings.TrimSpace(text)] = true
		}
	}
	return replies + len(texts), nil
}

// prepareEmbedder prepares the model that embeddings are from; nil where no grader asks for one. This process makes
// its calls, whatever the transport of the revisions.
func (j *Job) prepareEmbedder(p *project.Project, o Options) (*runner.Embedder, error) {
	if !p.Embeds() {
		return nil, nil //nolint:nilnil // there is none
	}
	t, err := p.Embeddings()
	if err != nil {
		return nil, err
	}
	record := t.Record()
	index, err := j.openIndex(p, j.gradingQuery(o, func(h runfile.Header) bool {
		return h.Embedder != nil && h.Embedder.Same(record)
	}))
	if err != nil {
		return nil, err
	}
	// Which texts come up depends on replies that are not there yet, so any recording counts.
	anyRecorded := func(string) (bool, error) { return index != nil && index.Len() > 0, nil }
	models, err := openModels([]project.Target{t}, o, Local{}, j.engine, anyRecorded)
	if err != nil {
		return nil, fmt.Errorf("the model of embeddings: %w", err)
	}
	return &runner.Embedder{Asker: askerFor(t, models[t.Name], index), Params: t.Params, Model: record}, nil
}
