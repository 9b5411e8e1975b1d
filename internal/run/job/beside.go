package job

import (
	"fmt"
	"slices"
	"time"

	"promptbench/internal/record/runfile"
)

// beside notices other processes that ask the same at the same time: neither
// replays what the other one has not recorded yet, so both pay.
type beside struct {
	dir     string
	since   time.Time
	jobs    []runfile.Header
	noticed map[string]bool // by path
}

// remarks says which other runs were found since the last time.
func (b *beside) remarks(own []Run) []string {
	found, err := runfile.FindSince(b.dir, b.since, func(h runfile.Header) bool {
		return slices.ContainsFunc(b.jobs, func(j runfile.Header) bool {
			return subjectOf(j) == subjectOf(h) && j.Suite.Name == h.Suite.Name
		})
	})
	if err != nil {
		return nil // only the warning is lost
	}
	var out []string
	for _, f := range found {
		isOwn := slices.ContainsFunc(own, func(r Run) bool { return r.Path == f.Path })
		isWritten := f.End == nil && runfile.Written(f.Path)
		hasPaid := f.End != nil && f.End.Calls > 0 && !f.Header.Started.Before(b.since) &&
			!f.Header.Started.After(time.Now()) // a clock was wrong
		if isOwn || b.noticed[f.Path] || !isWritten && !hasPaid {
			continue
		}
		b.noticed[f.Path] = true
		verb := "has run"
		if isWritten {
			verb = "runs"
		}
		out = append(out, fmt.Sprintf("another process %s %s on %s at the same time, and both pay for their calls: %s; "+
			"to pay once, interrupt one of two and run it again when the other one has ended",
			verb, f.Header.Prompt.Name, f.Header.Model.ID, f.Path))
	}
	return out
}
