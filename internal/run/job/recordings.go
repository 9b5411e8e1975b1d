package job

import (
	"fmt"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// recordings indexes the runs of the very same prompts.
func recordings(p *project.Project, r Run) (*runfile.Index, error) {
	hashes := make(map[string]bool, len(p.Prompts))
	for _, revision := range p.Prompts {
		hashes[revision.Hash()] = true
	}
	return index(p, r, func(h runfile.Header) bool { return hashes[h.Prompt.Hash] })
}

// index indexes the calls of the runs that fit, as far as they may be replayed.
func index(p *project.Project, r Run, fits func(runfile.Header) bool) (*runfile.Index, error) {
	q := runfile.Query{Fits: fits}
	if r.MaxAge > 0 {
		q.Oldest = r.Started.Add(-r.MaxAge)
	}
	return runfile.OpenIndex(p.RunsDir, q)
}

// repair mends the run files that a kill cut off, where they can be written to.
func (j *Job) repair() {
	for _, path := range j.index.Unfinished() {
		switch cut, err := runfile.Repair(path); {
		case err != nil:
			j.repaired = append(j.repaired, fmt.Sprintf("%v; its last line may be cut off, and is passed over", err))
		case cut > 0:
			j.repaired = append(j.repaired, fmt.Sprintf("%s ended in the middle of a line, as after a kill; the %d bytes of it are removed", path, cut))
		}
	}
}

// Remarks says of the recordings what has turned out since the last time: which
// were repaired, and which can't be replayed.
func (j *Job) Remarks() []string {
	all := slices.Clone(j.repaired)
	if j.index != nil {
		for _, skipped := range j.index.Skipped() {
			all = append(all, fmt.Sprintf("%s is passed over, its replies are not replayed: %v", skipped.Path, skipped.Err))
		}
	}
	fresh := all[j.remarked:]
	j.remarked = len(all)
	return fresh
}
