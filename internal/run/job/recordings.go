package job

import (
	"fmt"
	"slices"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// recordings are the earlier runs that a job replays.
type recordings struct {
	index    *runfile.Index // nil: replay nothing
	repaired []string       // what was done to files that a kill cut off
	reported int            // remarks that [Job.Remarks] has returned
}

// openRecordings indexes the runs that a job may replay, until it is closed.
func (j *Job) openRecordings(p *project.Project, o Options, isUsed func(runfile.Header) bool) (recordings, error) {
	if o.Fresh {
		return recordings{}, nil
	}
	index, err := openIndex(p, o, isUsed)
	if err == nil {
		j.onClose(index.Close)
	}
	return recordings{index: index}, err
}

// openIndex indexes the calls of runs, as far as they may be replayed.
func openIndex(p *project.Project, o Options, isUsed func(runfile.Header) bool) (*runfile.Index, error) {
	q := runfile.Query{Fits: isUsed}
	if o.MaxAge != nil {
		q.Oldest = o.Started.Add(-*o.MaxAge)
	}
	return runfile.OpenIndex(p.RunsDir, q)
}

// ofPrompts selects the runs of the very same prompts.
func ofPrompts(prompts []*prompt.Prompt) func(runfile.Header) bool {
	hashes := make(map[string]bool, len(prompts))
	for _, p := range prompts {
		hashes[p.Hash()] = true
	}
	return func(h runfile.Header) bool { return hashes[h.Prompt.Hash] }
}

// ofJudge selects the runs whose judge was asked with a prompt.
func ofJudge(p *prompt.Prompt) func(runfile.Header) bool {
	hash := p.Hash()
	return func(h runfile.Header) bool { return h.Judge != nil && h.Judge.PromptHash == hash }
}

// repair mends the run files that a kill cut off, where they can be written to.
func (r *recordings) repair() {
	if r.index == nil {
		return
	}
	for _, path := range r.index.Unfinished() {
		switch cut, err := runfile.Repair(path); {
		case err != nil:
			r.repaired = append(r.repaired, fmt.Sprintf("%v; its last line may be cut off, and is passed over", err))
		case cut > 0:
			r.repaired = append(r.repaired,
				fmt.Sprintf("%s ended in the middle of a line, as after a kill; the %d bytes of it are removed", path, cut))
		}
	}
}

// Remarks says what the job found out about its recordings since the last call:
// which were repaired, and which can't be replayed.
func (j *Job) Remarks() []string {
	r := &j.recordings
	all := slices.Clone(r.repaired)
	if r.index != nil {
		for _, skipped := range r.index.Skipped() {
			all = append(all, fmt.Sprintf("%s is passed over, its replies are not replayed: %v", skipped.Path, skipped.Err))
		}
	}
	fresh := all[r.reported:]
	r.reported = len(all)
	return fresh
}
