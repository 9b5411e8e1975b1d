package improve

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/causes"
	"promptbench/internal/verdict/summary"
)

// A task is what an editor is asked for: a revision of one prompt, or one that has the strengths of two.
type task struct {
	of    []*prompt.Prompt
	runs  []*runfile.Run // of them, on cases that are not sealed
	cause int            // the place of the cause to work on, among those of the first
	parts *blame.Result  // what parts of the first one do; nil if no run says
	other []string       // descriptions of revisions that were tried already
	wrong string         // what was wrong with the answer before; empty for the first
	last  string         // that answer
}

// mostCauses is how many causes get work, in turn.
const mostCauses = 6

// text is the request. It reads nothing of the suite's cases: all cases come from the runs, which have no sealed ones.
func (t task) text(s *suite.Suite, specs []graders.Spec, d detail) (string, error) {
	var b strings.Builder
	for i, p := range t.of {
		file, err := p.File()
		if err != nil {
			return "", err
		}
		name := "prompt"
		if len(t.of) > 1 {
			name = fmt.Sprintf("prompt_%d", i+1)
		}
		fmt.Fprintf(&b, "<%s>\n%s</%[1]s>\n\n", name, file)
	}
	if err := writeRules(&b, s, specs, d.isBrief); err != nil {
		return "", err
	}
	for i, run := range t.runs {
		t.writeResults(&b, i, run, d)
	}
	if other := t.other[max(0, len(t.other)-d.tried):]; len(other) > 0 {
		fmt.Fprintf(&b, "<tried>\nThese revisions were tried already; do something else.\n")
		for _, says := range other {
			fmt.Fprintf(&b, "- %s\n", cut(oneLine(says), d.text))
		}
		b.WriteString("</tried>\n\n")
	}
	b.WriteString("<now>\n" + t.aim() + "\n</now>\n")
	if t.wrong != "" {
		if d.answer > 0 {
			fmt.Fprintf(&b, "\n<your_last_answer>\n%s\n</your_last_answer>\n", cut(t.last, d.answer))
		}
		fmt.Fprintf(&b, "\nYour last answer is no valid prompt file: %s\n"+
			"Answer again with the whole file, in YAML and nothing else.\n", cut(t.wrong, d.text))
	}
	return b.String(), nil
}

// aim is what this revision is for.
func (t task) aim() string {
	if len(t.of) > 1 {
		return "Write one prompt file that has the strengths of both: prompt_1 and prompt_2 are better on different cases, " +
			"as the results say. Begin with prompt_1 and take over from prompt_2 what makes it better."
	}
	if c, ok := t.worked(); ok {
		return fmt.Sprintf("Write a revision of the prompt that fixes this: %s (%s).",
			phrase.Cause(c), wording.Count(len(c.Cases), "case"))
	}
	return "No case fails. Write a revision of the prompt that is shorter and keeps every reply right."
}

// worked is the cause to work on.
func (t task) worked() (causes.Cause, bool) {
	found := causes.Of(t.runs[0])
	if len(found) == 0 {
		return causes.Cause{}, false
	}
	return found[t.place(found)], true
}

// place is that of the cause to work on. What follows from a wrong type gets no work.
func (t task) place(found []causes.Cause) int {
	n := slices.IndexFunc(found, causes.Cause.Follows)
	if n < 1 {
		n = len(found)
	}
	return t.cause % min(n, mostCauses)
}

// writeRules says how replies are read and graded; in brief without paths, schema and expressions.
func writeRules(b *strings.Builder, s *suite.Suite, specs []graders.Spec, isBrief bool) error {
	b.WriteString("<rules_of_the_suite>\n")
	if s.Description != "" {
		b.WriteString(s.Description + "\n")
	}
	rules := s.Rules
	if isBrief {
		rules, specs = reply.Rules{Types: rules.Types, Refusal: rules.Refusal}, briefly(specs)
	}
	for _, rule := range []struct {
		name string
		v    any
	}{{"How replies are read", rules}, {"Graders, with their parameters", specs}} {
		text, err := json.Marshal(rule.v)
		if err != nil {
			return fmt.Errorf("writing the rules of %s: %w", s.Path, err)
		}
		fmt.Fprintf(b, "%s: %s\n", rule.name, text)
	}
	b.WriteString("</rules_of_the_suite>\n\n")
	return nil
}

// briefly are graders without parameters that take room: a rubric has the names of its criteria alone.
func briefly(specs []graders.Spec) []graders.Spec {
	out := slices.Clone(specs)
	for i, spec := range out {
		if len(spec.Params) > briefParams {
			out[i].Params = nil
		}
	}
	return out
}

// briefParams is the most bytes of a grader's parameters in brief rules.
const briefParams = 150

// writeResults tells how a prompt did: its types, why cases fail, and cases that pass.
func (t task) writeResults(b *strings.Builder, i int, run *runfile.Run, d detail) {
	tag := "results"
	if len(t.runs) > 1 {
		tag = fmt.Sprintf("results_of_prompt_%d", i+1)
	}
	sum := summary.Of(run, nil)
	fmt.Fprintf(b, "<%s>\n%s.\n", tag, phrase.FailedCases(sum))
	for _, r := range phrase.RunTypes(sum).Rows {
		fmt.Fprintf(b, "- %s: %s right", r.Cells[0], r.Cells[1])
		if wrong := r.Cells[len(r.Cells)-1]; wrong != "" {
			fmt.Fprintf(b, ", else %s", wrong)
		}
		b.WriteString("\n")
	}
	if i == 0 {
		writeParts(b, t.parts, d.parts)
	}
	chosen := -1
	if found := causes.Of(run); len(found) > 0 && len(t.of) == 1 {
		chosen = t.place(found)
	}
	failed, told := map[string]bool{}, map[string]bool{}
	for k, c := range causes.Of(run) {
		for _, one := range c.Cases {
			failed[one.Case] = true
		}
		if k >= d.causes && k != chosen {
			continue
		}
		fmt.Fprintf(b, "\n%s: %s\n", wording.Count(len(c.Cases), "case"), phrase.Cause(c))
		if c.Follows() {
			b.WriteString(phrase.CauseTags(c) + "\n")
		}
		left := d.failing
		if k == chosen {
			left = d.worked
		}
		for _, one := range c.Cases {
			if left > 0 && !told[one.Case] {
				told[one.Case], left = true, left-1
				d.writeCase(b, "failing_case", run, one)
			}
		}
	}
	n := 0
	for _, c := range run.Cases {
		if !failed[c.Case] && n < d.passing {
			d.writeCase(b, "passing_case", run, c)
			n++
		}
	}
	fmt.Fprintf(b, "</%s>\n\n", tag)
}

func (d detail) writeCase(b *strings.Builder, tag string, run *runfile.Run, c runfile.Case) {
	fmt.Fprintf(b, "<%s>\ninput: %s\nexpected: %s\n", tag, cut(c.Input, d.text), phrase.Expectations(c.Expect))
	d.writeReplies(b, run, c)
	fmt.Fprintf(b, "</%s>\n", tag)
}

// writeReplies writes the reply of the first trial that has one, or what was said since the input in a conversation.
func (d detail) writeReplies(b *strings.Builder, run *runfile.Run, c runfile.Case) {
	for replies := range runfile.RepliesIn(run.CallsOf(c.Case)) {
		if replies[len(replies)-1].Error != nil {
			continue
		}
		said, _ := c.Conversation(replies)
		if len(said) == 2 {
			fmt.Fprintf(b, "reply: %s\n", cut(said[1].Text(), d.text))
			return
		}
		turn, most := 0, max(2*d.text/len(said), shortMessage)
		for i, m := range said {
			if i > 0 { // the first is the input
				fmt.Fprintf(b, "%s: %s\n", m.Role, cut(m.Text(), most))
			}
			if m.Role != graders.RoleUser || turn >= len(c.Turns) {
				continue
			}
			if expected := c.Turns[turn].Expect; !reflect.ValueOf(expected).IsZero() {
				fmt.Fprintf(b, "expected of the next reply: %s\n", phrase.Expectations(expected))
			}
			turn++
		}
		return
	}
}

// shortMessage is how many characters of each message of a conversation are shown at least.
const shortMessage = 80

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
