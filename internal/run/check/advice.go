package check

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/stats"
)

// maxAdviceCases is the size of a suite up to which a run compares its inputs with the
// examples in prompts; validate does so for every suite.
const maxAdviceCases = 10_000

// maxExamples is how many inputs that a prompt shows are named.
const maxExamples = 10

// Advice warns of what is allowed and unwise about running the prompts over the
// suite: what [suite.Suite.Advice] says, a revision whose name meant another text before, an input that a prompt
// shows the answer of. That there are too few units, a comparison says itself. The
// project must be loaded without errors.
func Advice(p *project.Project) problem.List {
	return advice(p, maxAdviceCases)
}

func advice(p *project.Project, most int) problem.List {
	if p.Suite == nil {
		return nil
	}
	out := p.Suite.Advice()
	for _, one := range p.Prompts {
		out = append(out, changedSince(p, one)...)
	}
	if p.Suite.Len() <= most {
		out = append(out, shownInputs(p)...)
	}
	return out
}

// fewUnits warns of a suite that is too small for any verdict: even if every unit
// flipped one way, chance would explain it.
func fewUnits(p *project.Project) problem.List {
	gating := max(p.GatingGraders(), 1)
	least := stats.LeastFlips(0.05 / float64(gating))
	units := p.Suite.Units()
	if units >= least || units == 0 {
		return nil
	}
	return problem.List{{
		File: p.Suite.Path, Severity: problem.Warning,
		Message: fmt.Sprintf("the suite has %s, too few for any verdict", wording.Count(units, "unit")),
		Hint: fmt.Sprintf("with as many graders as gate here (%d), a verdict takes at least %d flips one way; "+
			"promptbench plan says what a suite can show", gating, least),
	}}
}

// changedSince warns of a revision whose name stood for another text in its newest
// run: results of both would carry one name.
func changedSince(p *project.Project, one *prompt.Prompt) problem.List {
	found, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool {
		return h.Prompt.Name == one.Name && h.Suite.Name == p.Suite.Name && h.OfRevision() && h.Redacted == nil
	})
	if err != nil {
		return problem.From(err)
	}
	if len(found) == 0 || found[0].Header.Prompt.Hash == one.Hash() {
		return nil
	}
	if slices.ContainsFunc(found, func(f runfile.Found) bool { return f.Header.Prompt.Hash == one.Hash() }) {
		return nil // the text has been there before
	}
	h := found[0].Header
	return problem.List{{
		File: one.Path, Severity: problem.Warning,
		Message: fmt.Sprintf("%s was another text when it last ran, on %s", one.Name, h.Started.Format("2006-01-02")),
		Hint:    "both have one name in reports now; give the new text a name of its own, as a copy of the file",
	}}
}

// shownInputs warns of inputs that a prompt shows with their answer: a model that
// copies passes them.
func shownInputs(p *project.Project) problem.List {
	examples := map[string]string{} // text to prompt
	for _, one := range p.Prompts {
		for _, m := range one.Messages {
			for _, text := range snippets(m.Content) {
				if _, known := examples[text]; !known {
					examples[text] = one.Path
				}
			}
		}
	}
	if len(examples) == 0 {
		return nil
	}
	var out problem.List
	for c, err := range p.Suite.All() {
		if err != nil {
			return out // the run reports it
		}
		path, ok := examples[strings.TrimSpace(c.Input)]
		if !ok {
			continue
		}
		what := "case " + c.ID
		if p.Suite.IsSealed(c.ID) {
			what = "a sealed case"
		}
		out.Add(problem.Problem{
			File: p.Suite.Path, Severity: problem.Warning,
			Message: fmt.Sprintf("%s shows the input of %s as an example", path, what),
			Hint:    "a model that copies passes it; change the case or the example",
		})
		if len(out) == maxExamples {
			break
		}
	}
	return out
}

// snippets are the parts of a message that may be an example's input: the whole of
// it, its lines, the text after a label such as "Input: ", and the text in quotation
// marks or between tags.
func snippets(content string) []string {
	var out []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !strings.Contains(s, "{{") {
			out = append(out, s)
		}
	}
	add(content)
	for line := range strings.Lines(content) {
		add(line)
		if _, after, ok := strings.Cut(line, ": "); ok {
			add(after)
		}
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune("\"“”<>", r) }) {
			add(part)
		}
	}
	return out
}
