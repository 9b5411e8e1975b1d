package importer

import (
	"slices"
	"strings"

	"promptbench/graders"
)

// add makes a test the next turn of a conversation.
func (c *caseDraft) add(t caseDraft) {
	c.later = append(c.later, t)
	c.asserted = append(c.asserted, t.asserted...)
	c.Tags = slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.Tags, t.Tags))))
	if t.Note != "" && !strings.Contains(c.Note, t.Note) {
		c.Note = strings.TrimPrefix(c.Note+"; "+t.Note, "; ")
	}
}

// turns are the case itself, and the later turns of a conversation.
func (c caseDraft) turns() []caseDraft { return append([]caseDraft{c}, c.later...) }

// everyTurn lists the turns of all cases.
func (d *draft) everyTurn() (out []caseDraft) {
	for _, c := range d.cases {
		out = append(out, c.turns()...)
	}
	return out
}

func (d *draft) hasTurns() bool {
	return slices.ContainsFunc(d.cases, func(c caseDraft) bool { return len(c.later) > 0 })
}

// sayTurns writes what the user says in later turns: the last message of the prompts.
func (d *draft) sayTurns() {
	for i := range d.cases {
		c := &d.cases[i]
		var kept []caseDraft
		for _, t := range c.later {
			t.Input = d.lastMessage(t)
			if strings.TrimSpace(t.Input) == "" {
				d.lostAt(t.place, "the turn is empty, so it is left out")
				continue
			}
			d.checkFixed(*c, t)
			kept = append(kept, t)
		}
		c.later = kept
	}
}

// lastMessage is the last message of the prompts with the vars of a turn.
func (d *draft) lastMessage(t caseDraft) string {
	text := ""
	for i, p := range d.prompts {
		own, _ := render(p.messages[len(p.messages)-1].text, t.vars)
		if i > 0 && own != text && d.main != nil {
			d.lostAt(p.place, "the last messages of the prompts differ, so later turns are {{%s}} alone", d.main.source)
			return asText(d.main.value(t.vars))
		} else if i == 0 {
			text = own
		}
	}
	return text
}

// checkFixed lists the expressions in the messages before the last one that are another text in a later turn.
func (d *draft) checkFixed(c, t caseDraft) {
	for _, p := range d.prompts {
		for _, m := range p.messages[:len(p.messages)-1] {
			for _, piece := range pieces(m.text) {
				if e := piece.expr; e != nil && asText(e.value(c.vars)) != asText(e.value(t.vars)) {
					d.lostAt(t.place, "{{%s}} changes within the conversation, where it keeps the value of the first turn", e.source)
				}
			}
		}
	}
}

// expectTurns fills in what each turn of a conversation expects.
func (d *draft) expectTurns(c *caseDraft) {
	turns := c.turns()
	for i, t := range turns {
		turn := graders.Turn{Input: t.Input}
		isLast := i == len(turns)-1
		for _, e := range distinct(t.expects) {
			switch {
			case e.code != nil && !isLast:
				d.lostAt(e.place, "code about an earlier turn is not carried over, since a program grades the last reply; write "+
					"an expression with at: %d", i+1)
			case e.grader != nil:
				d.addGrader(c, e, i+1)
			default:
				expect(&turn.Expect, e.Expect)
			}
		}
		c.Turns = append(c.Turns, turn)
	}
	last := turns[len(turns)-1]
	c.expects, c.vars = last.expects, last.vars // which code is handed
}

func turnsOf(c caseDraft) []any {
	var out []any
	for _, t := range c.Turns {
		if expected := expectObject(t.Expect); len(expected) > 0 {
			out = append(out, object{{Key: "input", Value: t.Input}, {Key: "expect", Value: expected}})
			continue
		}
		out = append(out, t.Input)
	}
	return out
}

// hasMessages reports whether a case is a conversation.
func hasMessages(c caseDraft) bool { return len(c.Messages)+len(c.Turns) > 0 }

func messagesOf(c caseDraft) []any {
	var out []any
	for _, m := range c.Messages {
		out = append(out, object{{Key: "role", Value: m.Role}, {Key: "content", Value: m.Content}})
	}
	return out
}
