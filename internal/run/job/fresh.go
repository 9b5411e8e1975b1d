package job

import (
	"fmt"
	"slices"
	"time"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// goesOnWithin is how long after its start a fresh run that did not come to its end
// is gone on with. A nightly run must not replay what the last one left.
const goesOnWithin = 12 * time.Hour

// A subject is what a run asks: a prompt on a model.
type subject struct{ prompt, endpoint, api, model string }

func subjectOf(h runfile.Header) subject {
	return subject{h.Prompt.Hash, h.Model.Endpoint, h.Model.API, h.Model.ID}
}

// subjectsOf are the subjects of variants, as headers of runs on the suite.
func subjectsOf(p *project.Project, variants []project.Variant) []runfile.Header {
	out := make([]runfile.Header, len(variants))
	for i, v := range variants {
		out[i].Suite.Name, out[i].Selected = p.Suite.Name, selection(p)
		out[i].Prompt.Hash, out[i].Model = v.Prompt.Hash(), v.Target.Record()
	}
	return out
}

// A fresh says which recordings are fresh enough for a job that goes on with runs
// that were to make all calls anew, and did not come to their end.
type fresh struct {
	asked bool // the job itself is to make all calls anew
	noise bool
	since map[subject]time.Time // when the first of the runs began
}

// openFresh looks for runs with --fresh to go on with. Of each subject only those
// count that began last.
func openFresh(p *project.Project, o Options, jobs []runfile.Header) (fresh, error) {
	out := fresh{asked: o.Fresh, noise: o.Noise, since: map[subject]time.Time{}}
	if o.Offline {
		return out, nil
	}
	window := goesOnWithin
	if o.MaxAge != nil {
		window = min(window, *o.MaxAge)
	}
	earliest := o.Started.Add(-window)
	found, err := runfile.FindSince(p.RunsDir, earliest, func(h runfile.Header) bool {
		return h.Fresh != nil && h.Source == "" && h.Redacted == nil && (h.Fresh.Copy > 0) == o.Noise &&
			!h.Fresh.Since.Before(earliest) && !h.Fresh.Since.After(o.Started) &&
			slices.ContainsFunc(jobs, func(j runfile.Header) bool {
				return subjectOf(j) == subjectOf(h) && j.Suite.Name == h.Suite.Name && sameSelection(j.Selected, h.Selected)
			})
	})
	if err != nil {
		return out, err
	}
	last := map[subject]time.Time{}
	for _, f := range found {
		if s := subjectOf(f.Header); f.Header.Fresh.Since.After(last[s]) {
			last[s] = f.Header.Fresh.Since
		}
	}
	type part struct {
		subject subject
		number  int
	}
	seen, open, answered := map[part]bool{}, map[time.Time]bool{}, map[time.Time]bool{}
	for _, f := range found { // the newest first
		s, since := subjectOf(f.Header), f.Header.Fresh.Since
		answered[since] = answered[since] || hasAnswers(f)
		if one := (part{s, f.Header.Fresh.Copy}); seen[one] || !since.Equal(last[s]) {
			continue
		} else if seen[one] = true; f.End == nil && runfile.Written(f.Path) {
			continue // another process goes on with it
		}
		if f.Status != runfile.Complete || !o.Fresh && f.Errors > 0 {
			open[since] = true
		}
	}
	for s, since := range last {
		if open[since] && answered[since] { // also for the part of a job that did come to its end
			out.since[s] = since
		}
	}
	return out, nil
}

// hasAnswers reports whether a run made a call that was answered.
func hasAnswers(f runfile.Found) (isAnswered bool) {
	if f.End != nil {
		return f.End.Calls > f.End.Errors
	}
	_ = runfile.Answered(f.Path, func(string) { isAnswered = true }) // what can be read of it counts
	return isAnswered
}

// begin is when the earliest of the runs began that the job goes on with; zero if
// there is none.
func (f fresh) begin() time.Time {
	var first time.Time
	for _, since := range f.since {
		if first.IsZero() || since.Before(first) {
			first = since
		}
	}
	return first
}

// query selects the recordings that a job may replay; nil where there can be none.
// A copy is the number of the run, where chance is measured: its recordings are its
// own.
func (f fresh) query(o Options, isUsed func(runfile.Header) bool, number int) *runfile.Query {
	if f.asked && len(f.since) == 0 {
		return nil
	}
	q := query(o, func(h runfile.Header) bool {
		since, ok := f.since[subjectOf(h)]
		own := !f.noise || h.Fresh != nil && h.Fresh.Copy == number && h.Fresh.Since.Equal(since)
		return isUsed(h) && (!f.asked || ok && own)
	})
	oldest := q.Oldest(runfile.Header{})
	q.Oldest = func(h runfile.Header) time.Time {
		if since := f.since[subjectOf(h)]; since.After(oldest) {
			return since
		}
		return oldest
	}
	return &q
}

// note says that the job goes on, and how to make all calls anew.
func (f fresh) note() string {
	return fmt.Sprintf("going on with the fresh run that began at %s and did not end: no reply from before is replayed; "+
		"to call the model for every reply, pass --fresh --max-age 0s", phrase.Minute(f.begin()))
}

// selection is what --case and --tag name; nil for the whole suite.
func selection(p *project.Project) *runfile.Selection {
	s := p.Options.Select
	if len(s.Cases)+len(s.Tags) == 0 {
		return nil
	}
	return &runfile.Selection{Cases: s.Cases, Tags: s.Tags, Draw: p.Options.Draw}
}

func sameSelection(a, b *runfile.Selection) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.Cases, b.Cases) && slices.Equal(a.Tags, b.Tags)
}
