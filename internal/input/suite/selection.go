package suite

import "slices"

// A Selection is what --case and --tag leave of a suite: cases that have one
// of the ids, if any are named, and one of the tags, if any are named.
type Selection struct {
	Cases []string
	Tags  []string

	drawn map[string]bool // the ids of a selection that was drawn
}

// Draw returns the selection of exactly these cases of it, which something else than their names chose.
func (s Selection) Draw(ids []string) Selection {
	out := Selection{Cases: ids, Tags: s.Tags, drawn: make(map[string]bool, len(ids))}
	for _, id := range ids {
		out.drawn[id] = true
	}
	return out
}

// IsDrawn reports whether [Selection.Draw] made the selection.
func (s Selection) IsDrawn() bool { return s.drawn != nil }

// Has reports whether a case is selected.
func (s Selection) Has(c Case) bool { return s.Selects(c.ID, c.Tags) }

// Selects is [Selection.Has] for a case that is known by its id and tags alone,
// such as one of a recorded run.
func (s Selection) Selects(id string, tags []string) bool {
	switch {
	case s.IsDrawn():
		return s.drawn[id]
	case len(s.Cases) > 0 && !slices.Contains(s.Cases, id):
		return false
	}
	return len(s.Tags) == 0 || slices.ContainsFunc(tags, func(t string) bool { return slices.Contains(s.Tags, t) })
}
