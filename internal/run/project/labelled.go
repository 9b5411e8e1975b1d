package project

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/config"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/labelled"
)

// People reads what people say of the replies to a suite, whose file is at path.
func People(suitePath string) (labelled.People, error) {
	dir := filepath.Join(filepath.Dir(filepath.FromSlash(suitePath)), "labels")
	labels, err := label.ReadDir(dir)
	if err != nil {
		return labelled.People{}, err
	}
	draws, err := label.ReadDraws(dir)
	return labelled.People{Labels: labels, Draws: draws}, err
}

// Labelled returns what people say of a judged run's replies, or nil where none of them was drawn at random.
func (p *Project) Labelled(run *runfile.Run) (*labelled.Run, error) {
	h := run.Header
	criteria := graders.Questions(h.Graders)
	if len(criteria) == 0 || h.Judge == nil || h.Redacted != nil ||
		slices.ContainsFunc(run.Cases, func(c runfile.Case) bool { return c.Sealed }) { // nobody labels sealed cases
		return nil, nil
	}
	path := config.FromRecord(h.Suite.Path)
	if p.Suite != nil && p.Suite.Name == h.Suite.Name {
		path = p.Suite.Path
	}
	people, err := People(path)
	if err != nil || len(people.Draws) == 0 {
		return nil, err
	}
	isAsked := map[string]bool{}
	for _, c := range criteria {
		isAsked[rubric.QuestionHash(c)] = true
	}
	if !slices.ContainsFunc(people.Labels, func(l label.Label) bool { return isAsked[l.Question] }) {
		return nil, nil
	}
	texts, err := p.judgedTexts(run)
	if err != nil {
		return nil, err
	}
	return labelled.Of(run, run.Cases, criteria, texts, people), nil
}

// judgedTexts are the hashes of the first reply to each case that a judge was asked about.
func (p *Project) judgedTexts(run *runfile.Run) (map[string]string, error) {
	reader, err := reply.NewReader(run.Header.Reply)
	if err != nil {
		return nil, fmt.Errorf("reading the replies of run %s: %w", run.Header.Run, err)
	}
	reader = reader.WithThinking(p.ThinkingOf(run.Header.Model))
	asked := map[string]bool{}
	hasTexts := false
	for i := range run.Calls {
		switch c := &run.Calls[i]; {
		case c.For == runfile.ForJudge && c.Trial == 1:
			asked[c.Case] = true
		case c.For == runfile.ForReply && c.Reply != "":
			hasTexts = true
		}
	}
	of := run
	if !hasTexts && run.Path != "" { // it was loaded for its scores
		full, err := runfile.Load(run.Path, runfile.Replies)
		if err != nil {
			return nil, err
		}
		of = full
	}
	texts := map[string]string{}
	format := run.Header.Prompt.ReplyFormat
	textOf := func(c *runfile.Call) string { return reader.Read(c.Reply, c.Thinking, format).Text }
	for replies := range runfile.RepliesIn(of.Calls) {
		c := &replies[len(replies)-1]
		if k, ok := of.Case(c.Case); ok && c.Trial == 1 && c.Error == nil && asked[c.Case] {
			texts[c.Case] = label.Reply{Input: k.Asked(replies, textOf), Text: textOf(c)}.TextHash()
		}
	}
	return texts, nil
}

// RecordedIn returns the runs that the replies of a run were recorded in, sorted.
func RecordedIn(of ...*runfile.Run) []string {
	var out []string
	for _, run := range of {
		for i := range run.Calls {
			c := &run.Calls[i]
			from := cmp.Or(c.ReplayedFrom, run.Header.Source, run.Header.Run)
			if c.For == runfile.ForReply && !slices.Contains(out, from) {
				out = append(out, from)
			}
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
