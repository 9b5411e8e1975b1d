package cases

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/propose"
	"promptbench/internal/verdict/items"
)

// A task is what an editor is asked for: inputs that fill one gap.
type task struct {
	id    string
	need  items.Thin   // a type or a tag with too few cases
	rule  *items.Rule  // that no case is about
	cases []suite.Case // of each, a paraphrase
	want  int          // inputs at most; of paraphrases, exactly
	wrong string       // what was wrong with the answer before; empty for the first
}

// Limits of a request, so that it stays small.
const (
	mostInput    = 500    // characters of an input
	mostOneInput = 4_000  // bytes of a proposed input
	mostAnswer   = 64_000 // bytes
)

// A detail says how much a request tells.
type detail struct {
	cases int
	rules int // bytes of the prompt's rules
}

// details are tried in turn, until a request fits the editor.
func details() []detail { return []detail{{12, 8000}, {6, 3000}, {2, 1000}, {0, 300}} }

// tasks lists what to ask for, the widest gaps first: types, then rules, tags and paraphrases.
func (s *Suggester) tasks() []task {
	var out []task
	o := s.options
	thinnest := func(list []items.Thin) []items.Thin {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b items.Thin) int { return cmp.Compare(a.Units, b.Units) })
		return list
	}
	for _, t := range thinnest(s.Gaps.Types) {
		out = append(out, task{id: fmt.Sprintf("type-%d", len(out)+1), need: t, want: min(o.Each, t.More)})
	}
	for i := range s.Gaps.Rules {
		out = append(out, task{id: fmt.Sprintf("rule-%d", i+1), rule: &s.Gaps.Rules[i], want: o.Each})
	}
	for i, t := range thinnest(s.Gaps.Tags) {
		out = append(out, task{id: fmt.Sprintf("tag-%d", i+1), need: t, want: min(o.Each, t.More)})
	}
	n := 0
	for of := range slices.Chunk(s.toParaphrase(), o.Each) {
		n++
		out = append(out, task{id: fmt.Sprintf("paraphrases-%d", n), cases: of, want: len(of)})
	}
	return out[:min(len(out), o.Requests)]
}

// toParaphrase are the cases to paraphrase, one of each group. In a suite with a seal they all have a group, since a
// case that gets one may become sealed.
func (s *Suggester) toParaphrase() []suite.Case {
	var out []suite.Case
	groups := map[string]bool{}
	for _, c := range s.cases {
		isFree := c.Group == "" && s.Project.Suite.Share == 0 || c.Group != "" && !groups[c.Group]
		if len(out) < s.options.Paraphrases && isFree && len(c.Input) < mostOneInput/2 {
			groups[c.Group] = true
			out = append(out, c)
		}
	}
	return out
}

// about says in a few words what the inputs are for.
func (t task) about() string {
	if t.rule != nil {
		return fmt.Sprintf("for a rule of %s (%s): %s", t.rule.Prompt, t.rule.Where, cut(oneLine(t.rule.Text), 120))
	}
	return fmt.Sprintf("for the %s %s", t.need.By, t.need.Value)
}

// text is the request. All cases in it come from the list, which has no sealed ones; the rules come from the prompt,
// without its examples.
func (t task) text(s *suite.Suite, rules []items.Rule, cases []suite.Case, d detail) (string, error) {
	var b strings.Builder
	b.WriteString("<application>\n")
	if s.Description != "" {
		b.WriteString(s.Description + "\n")
	}
	if len(s.Rules.Types) > 0 {
		fmt.Fprintf(&b, "Types of replies: %s\n", strings.Join(s.Rules.Types, ", "))
	}
	b.WriteString("Its prompt says:\n")
	for _, r := range rules {
		if b.Len()+len(r.Text) > d.rules {
			break
		}
		b.WriteString("- " + oneLine(r.Text) + "\n")
	}
	b.WriteString("</application>\n\n<inputs_of_the_suite>\n")
	for _, c := range t.shown(cases, d.cases) {
		if err := writeCase(&b, c); err != nil {
			return "", err
		}
	}
	b.WriteString("</inputs_of_the_suite>\n\n<now>\n")
	if err := t.writeAim(&b); err != nil {
		return "", err
	}
	b.WriteString("</now>\n")
	if t.wrong != "" {
		fmt.Fprintf(&b, "\n<your_last_answer>\nYour last answer cannot be used: %s. Answer again.\n</your_last_answer>\n",
			t.wrong)
	}
	return b.String(), nil
}

func (t task) writeAim(b *strings.Builder) error {
	switch {
	case t.rule != nil:
		fmt.Fprintf(b, "No input of the suite seems to be about this rule of the prompt:\n%s\n"+
			"Write %d inputs to which a reply shows whether the model follows the rule. If the rule holds for every reply, "+
			"whatever the input, answer {\"inputs\": []}.\n", t.rule.Text, t.want)
	case len(t.cases) > 0:
		fmt.Fprintf(b, "Write one paraphrase of each of these %d inputs, in their order: the same meaning, with nothing "+
			"added and nothing missing, as another user would type it.\n", t.want)
		for _, c := range t.cases {
			if err := writeCase(b, c); err != nil {
				return err
			}
		}
	case t.need.By == items.ByType:
		fmt.Fprintf(b, "Write %d inputs whose right reply has the type %s. Make some of them hard to tell from another "+
			"type.\n", t.want, t.need.Value)
	default:
		fmt.Fprintf(b, "Write %d inputs that belong to the tag %s, as the inputs with that tag do.\n", t.want, t.need.Value)
	}
	return nil
}

// shown are the cases that a request shows: up to half of them of the type or the tag, then others.
func (t task) shown(cases []suite.Case, most int) []suite.Case {
	if len(t.cases) > 0 {
		return nil
	}
	var own, others []suite.Case
	for _, c := range cases {
		isOwn := t.need.By == items.ByType && c.Expect.Type == t.need.Value ||
			t.need.By == items.ByTag && slices.Contains(c.Tags, t.need.Value)
		if isOwn && len(own) < most/2 {
			own = append(own, c)
		} else if !isOwn && len(others) < most {
			others = append(others, c)
		}
	}
	return append(own, others[:min(len(others), most-len(own))]...)
}

// writeCase writes a case as a line of JSON.
func writeCase(b *strings.Builder, c suite.Case) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Input string   `json:"input"`
		Type  string   `json:"type,omitempty"`
		Tags  []string `json:"tags,omitempty"`
	}{cut(c.Input, mostInput), c.Expect.Type, c.Tags})
	if err != nil {
		return fmt.Errorf("writing the case %s: %w", c.ID, err)
	}
	b.Write(line.Bytes())
	return nil
}

// suggestions are the inputs of an answer as cases.
func (t task) suggestions(inputs []string) []propose.Suggestion {
	out := make([]propose.Suggestion, len(inputs))
	for i, input := range inputs {
		c := suite.Case{Input: input, Note: t.about()}
		switch {
		case len(t.cases) > 0:
			of := t.cases[i]
			c.Group, c.Vars = cmp.Or(of.Group, of.ID), of.Vars
			c.Note = "a paraphrase of " + of.ID
		case t.need.By == items.ByTag:
			c.Tags = []string{t.need.Value}
		}
		out[i] = propose.Suggestion{Case: c, Request: t.id, Place: i + 1}
	}
	return out
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
