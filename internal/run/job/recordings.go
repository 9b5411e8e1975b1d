package job

import (
	"fmt"
	"slices"
	"time"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// recordings are the earlier runs that a job replays.
type recordings struct {
	indexes  []*runfile.Index // of each run, or one of all; none: replay nothing
	repaired []string         // what was done to files that a kill cut off
	reported int              // remarks that [Job.Remarks] has returned
}

// openIndex indexes what a query selects until the job is closed; nothing if it is
// nil.
func (j *Job) openIndex(p *project.Project, q *runfile.Query) (*runfile.Index, error) {
	if q == nil {
		return nil, nil //nolint:nilnil // there is nothing to replay
	}
	index, err := runfile.OpenIndex(p.RunsDir, *q)
	if err == nil {
		j.onClose(index.Close)
	}
	return index, err
}

// openRecordings indexes the runs that a job may replay, until it is closed.
func (j *Job) openRecordings(p *project.Project, o Options, isUsed func(runfile.Header) bool) error {
	copies := 1
	if o.Noise {
		copies = 2
	}
	for number := 1; number <= copies; number++ {
		index, err := j.openIndex(p, j.fresh.query(o, isUsed, number))
		if err != nil {
			return err
		}
		j.recordings.indexes = append(j.recordings.indexes, index)
	}
	return nil
}

// of returns what the run with this index replays; nil for nothing.
func (r *recordings) of(run int) *runfile.Index {
	if len(r.indexes) == 0 {
		return nil
	}
	return r.indexes[min(run, len(r.indexes)-1)]
}

// query selects runs, as far as they may be replayed.
func query(o Options, isUsed func(runfile.Header) bool) runfile.Query {
	oldest := time.Time{}
	if o.MaxAge != nil {
		oldest = o.Started.Add(-*o.MaxAge)
	}
	fits := isUsed
	if o.Passes != nil {
		fits = func(h runfile.Header) bool { return isUsed(h) && !o.Passes(h) }
	}
	return runfile.Query{Fits: fits, Oldest: func(runfile.Header) time.Time { return oldest }}
}

// ofPrompts selects the runs of the very same prompts, and of changes from or to them.
func ofPrompts(prompts []*prompt.Prompt) func(runfile.Header) bool {
	hashes := make([]string, len(prompts))
	for i, p := range prompts {
		hashes[i] = p.Hash()
	}
	return func(h runfile.Header) bool { return slices.ContainsFunc(hashes, h.IsOf) }
}

// ofJudge selects the runs whose judge was asked with a prompt.
func ofJudge(p *prompt.Prompt) func(runfile.Header) bool {
	hash := p.Hash()
	return func(h runfile.Header) bool { return h.Judge != nil && h.Judge.PromptHash == hash }
}

// repair mends the run files that a kill cut off, where they can be written to.
func (r *recordings) repair() {
	for _, index := range r.indexes {
		if index == nil {
			continue
		}
		for _, path := range index.Unfinished() {
			switch cut, err := runfile.Repair(path); {
			case err != nil:
				r.repaired = append(r.repaired, fmt.Sprintf("%v; its last line may be cut off, and is passed over", err))
			case cut > 0:
				r.repaired = append(r.repaired,
					fmt.Sprintf("%s ended in the middle of a line, as after a kill; the %d bytes of it are removed", path, cut))
			}
		}
	}
}

// Remarks says what the job found out about other runs since the last call: which
// were repaired, which can't be replayed, and which ask the same at the same time.
func (j *Job) Remarks() []string {
	r := &j.recordings
	all := slices.Clone(r.repaired)
	for _, index := range r.indexes {
		if index == nil {
			continue
		}
		for _, skipped := range index.Skipped() {
			all = append(all, fmt.Sprintf("%s is passed over, its replies are not replayed: %v", skipped.Path, skipped.Err))
		}
	}
	fresh := all[r.reported:]
	r.reported = len(all)
	if j.beside != nil {
		fresh = append(fresh, j.beside.remarks(j.Runs)...)
	}
	return fresh
}
