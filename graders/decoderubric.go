package graders

import (
	"cmp"
	"slices"
)

// criteria reads the parameters of a rubric. Its judge, batch and votes hold
// for every question that does not say otherwise itself.
func (d *decoder) criteria(m map[string]value) []Criterion {
	usual := Criterion{Judge: d.text(m["judge"]), Batch: d.boolean(m["batch"]), Votes: d.votes(m["votes"])}
	var out []Criterion
	for _, c := range d.list(m["criteria"]) {
		out = append(out, d.criterion(c, usual))
	}
	if slices.ContainsFunc(out, func(c Criterion) bool { return c.Question != "" }) {
		return out
	}
	for _, key := range []string{"judge", "batch", "votes"} {
		if m[key].kind() != kindAbsent {
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
		Says:      d.text(m["says"]),
		Question:  d.text(m["question"]),
		Options:   d.texts(m["options"], d.word),
		Anchors:   map[string]string{},
		Pass:      d.texts(m["pass"], d.word),
		Judge:     d.text(m["judge"]),
		Batch:     d.boolean(m["batch"]),
		Votes:     d.votes(m["votes"]),
		AppliesTo: d.strings(m["applies_to"]),
		Weight:    d.number(m["weight"], 1),
		At:        d.turnAt(m[keyAt]),
	}
	for _, f := range d.entries(m["anchors"]) {
		c.Anchors[f.key] = d.anyText(f.value)
	}
	if c.Weight == 0 {
		d.add(m["weight"].path, "leave the criterion out instead", "weight must be over 0")
	}
	if c.Question == "" {
		return c
	}
	c.Judge, c.Votes = cmp.Or(c.Judge, usual.Judge), cmp.Or(c.Votes, usual.Votes)
	if m["batch"].kind() == kindAbsent {
		c.Batch = usual.Batch
	}
	return c
}

// votes reads a number of votes; 0 where none is given.
func (d *decoder) votes(v value) int {
	n := d.count(v)
	switch {
	case n == nil:
		return 0
	case *n < 1:
		d.add(v.path, "", "votes must be from 1 to %d, found %d", MaxVotes, *n)
	}
	return max(*n, 0)
}
