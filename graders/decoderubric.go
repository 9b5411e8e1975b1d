package graders

import (
	"encoding/json"
	"strings"
)

// criteria reads the parameters of a rubric. Its judge, batch and votes hold
// for every question that does not say otherwise itself.
func (d *decoder) criteria(m map[string]value) []Criterion {
	usual := Criterion{Judge: d.text(m["judge"]), Batch: d.boolean(m["batch"]), Votes: d.votes(m["votes"])}
	var out []Criterion
	questions := 0
	for _, c := range d.list(m["criteria"]) {
		out = append(out, d.criterion(c, usual))
		if out[len(out)-1].Question != "" {
			questions++
		}
	}
	for _, key := range []string{"judge", "batch", "votes"} {
		if questions == 0 && m[key].kind() != kindAbsent {
			d.add(m[key].path, "leave it out", "%s is for questions, and no criterion has one", key)
		}
	}
	return out
}

func (d *decoder) criterion(v value, usual Criterion) Criterion {
	m := d.object(v, keysOf(criterionParams())...)
	c := Criterion{
		ID:        d.text(m["id"]),
		Check:     d.text(m["check"]),
		Question:  d.text(m["question"]),
		Options:   d.words(m["options"]),
		Anchors:   d.textByKey(m["anchors"]),
		Pass:      d.words(m["pass"]),
		Judge:     d.text(m["judge"]),
		Batch:     d.boolean(m["batch"]),
		Votes:     d.votes(m["votes"]),
		AppliesTo: d.strings(m["applies_to"]),
		Weight:    d.number(m["weight"], 1),
	}
	if c.Weight == 0 {
		d.add(m["weight"].path, "leave the criterion out instead", "weight must be over 0")
	}
	if c.Question == "" {
		return c
	}
	if c.Judge == "" {
		c.Judge = usual.Judge
	}
	if m["batch"].kind() == kindAbsent {
		c.Batch = usual.Batch
	}
	if c.Votes == 0 {
		c.Votes = usual.Votes
	}
	return c
}

// votes reads a number of votes; 0 where none is given.
func (d *decoder) votes(v value) int {
	n := d.count(v)
	if n == nil {
		return 0
	}
	if *n < 1 {
		d.add(v.path, "", "votes must be from 1 to %d, found %d", MaxVotes, *n)
		return 0
	}
	return *n
}

// words reads options: texts, or the numbers of a scale as they are written.
func (d *decoder) words(v value) []string {
	number := func(v value) (string, bool) { return strings.TrimSpace(string(v.raw)), v.kind() == kindNumber }
	if word, ok := number(v); ok {
		return []string{word}
	}
	if v.kind() != kindList {
		return d.strings(v)
	}
	var out []string
	for _, item := range d.list(v) {
		word, ok := number(item)
		if !ok {
			word = d.text(item)
			if item.kind() == kindAbsent {
				d.add(item.path, "", "expected %s, found %s", kindString, kindAbsent)
			}
		}
		out = append(out, word)
	}
	return out
}

// textByKey reads a mapping of texts.
func (d *decoder) textByKey(v value) map[string]string {
	var out map[string]string
	for _, f := range d.entries(v) {
		if out == nil {
			out = map[string]string{}
		}
		var s string
		if d.is(f.value, kindString) {
			_ = json.Unmarshal(f.raw, &s)
		}
		out[f.key] = s
	}
	return out
}
