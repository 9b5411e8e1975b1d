package runs

import (
	"fmt"

	"promptbench/internal/input/problem"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/summary"
)

// A Draw says which of the cases that --case and --tag leave are run.
type Draw struct {
	Failed bool   // those that failed in the last run of the revision
	Sample int    // so many by chance; 0 for all
	Seed   uint64 // of the sample
	Limit  int    // the first so many; 0 for all
}

// Cases narrows a project to the drawn cases, and returns a note on them. A draw that leaves nothing out changes
// nothing, but for Failed: cases that were chosen for their result are never a whole run.
func (d Draw) Cases(p *project.Project) (note string, err error) {
	if d == (Draw{}) {
		return "", nil
	}
	var ids []string
	for c, err := range p.Cases() {
		if err != nil {
			return "", err
		}
		ids = append(ids, c.ID)
	}
	record := &runfile.Draw{Of: len(ids)}
	if d.Failed {
		if ids, note, err = failedOf(p, ids, record); err != nil {
			return "", err
		}
	}
	switch {
	case d.Sample > 0 && d.Sample < len(ids):
		record.Sample, record.Seed = d.Sample, d.Seed
		ids = p.Suite.Sample(ids, d.Sample, d.Seed)
	case d.Limit > 0 && d.Limit < len(ids):
		record.Limit = d.Limit
		ids = ids[:d.Limit]
	case !d.Failed:
		return fmt.Sprintf("the selection has only %s, so nothing is left out", wording.Count(len(ids), "case")), nil
	}
	p.Options.Select, p.Options.Draw = p.Options.Select.Draw(ids), record
	return note, nil
}

// failedOf are those of the cases that failed in the last run of the project's revision, with what the run's header
// and a note say of them. A run of failures that did not end goes on.
func failedOf(p *project.Project, ids []string, record *runfile.Draw) (kept []string, note string, err error) {
	revision := p.Prompts[0]
	last, err := LastRun(p, revision)
	if err != nil {
		return nil, "", err
	}
	if last == nil {
		return nil, "", problem.List{{
			Message: fmt.Sprintf("--failed: there is no run of %s on %s and this model in %s",
				revision.Name, p.Suite.Name, p.RunsDir),
			Hint: "leave --failed out to run all cases",
		}}
	}
	failed, of := failedIn(last), last.Header.Run
	if s := last.Header.Selected; last.Status() != runfile.Complete && s != nil && s.Draw != nil && s.Draw.Failed != "" {
		of, failed = s.Draw.Failed, map[string]bool{}
		for _, id := range s.Cases {
			failed[id] = true
		}
	}
	for _, id := range ids {
		if failed[id] {
			kept = append(kept, id)
		}
	}
	if len(kept) == 0 {
		return nil, "", problem.List{{
			Message: "--failed: no case of this selection failed in the last run, " + of,
			Hint:    "leave --failed out to run all cases",
		}}
	}
	record.Failed, record.FailedCases = of, len(kept)
	note = fmt.Sprintf("%d of %s failed in the last run, %s", len(kept), wording.Count(len(ids), "case"), of)
	if of == last.Header.Run && last.Status() != runfile.Complete {
		note += fmt.Sprintf(", which is %s", last.Status())
	}
	return kept, note, nil
}

// failedIn are the cases of a run that fail a grader or ended in an error.
func failedIn(run *runfile.Run) map[string]bool {
	out := map[string]bool{}
	for _, c := range summary.Of(run, nil).Failed {
		out[c.ID] = true
	}
	return out
}
