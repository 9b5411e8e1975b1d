package job

import (
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// sealed is what the headers of a job say about the sealed cases: how many of the
// selected ones there are, and, if the seal is open, the number of this opening. It is
// nil where none is sealed.
func sealed(p *project.Project, o Options) (*runfile.Sealed, error) {
	n := p.SelectedSealed()
	if n == 0 {
		return nil, nil //nolint:nilnil // as the comment says
	}
	out := &runfile.Sealed{Cases: n}
	if !p.Suite.SealIsOpen() {
		return out, nil
	}
	earlier := map[time.Time]bool{} // several revisions may share an opening
	_, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool {
		if h.Suite.Name == p.Suite.Name && h.HasOpened() {
			earlier[h.Sealed.Opened.At.UTC()] = true
		}
		return false
	})
	out.Opened = &runfile.Opening{At: o.Started.UTC().Truncate(time.Millisecond), Number: len(earlier) + 1}
	return out, err
}

// openedFor is the record of the run of a prompt.
func openedFor(s *runfile.Sealed, promptHash string) *runfile.Sealed {
	if s == nil || s.Opened == nil {
		return s
	}
	opening := *s.Opened
	opening.PromptHash = promptHash
	return &runfile.Sealed{Cases: s.Cases, Opened: &opening}
}
