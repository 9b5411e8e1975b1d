package phrase

import (
	"fmt"
	"slices"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/history"
)

// LeftOut says which runs a history does not show, or nothing if it shows all.
func LeftOut(l history.LeftOut) []string {
	var parts []string
	if l.Other > 0 {
		parts = append(parts, wording.Count(l.Other, "run")+" of another suite, model or revision")
	}
	for _, part := range []struct {
		n    int
		what string
	}{
		{l.Incomplete, "incomplete or partial run"}, {l.Older, "older run"}, {l.Unreadable, "unreadable run"},
	} {
		if part.n > 0 {
			parts = append(parts, wording.Count(part.n, part.what))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"Not shown: " + wording.List(parts)}
}

// Failed says which runs of a history have trials whose call failed: their scores are of the other trials.
func Failed(h history.History) []string {
	var out []string
	for _, r := range h.Runs {
		if r.Errors > 0 {
			out = append(out, fmt.Sprintf("%s of %s: %s failed and %s not in its scores", r.Prompt, Minute(r.Started),
				wording.Count(r.Errors, "trial"), wording.Verb(r.Errors, "are")))
		}
	}
	return out
}

// Since says since which run a case fails which graders, without the criteria of a
// rubric; if it fails none, since when it passes.
func Since(t history.Trace) []string {
	var fails, passes []string
	main := history.Main(t.Names())
	for _, g := range t.Graders {
		if !slices.Contains(main, g.Grader) {
			continue
		}
		first := t.Find(g.Since)
		switch {
		case first == nil:
		case g.State == history.Fails && g.Before == "":
			fails = append(fails, fmt.Sprintf("%s fails %s in every run since the first, %s.", t.Case, g.Grader, name(first)))
		case g.State == history.Fails:
			fails = append(fails, fmt.Sprintf("%s started to fail %s in %s; it last passed in %s.",
				t.Case, g.Grader, name(first), name(t.Find(g.Before))))
		case g.Before != "":
			passes = append(passes, fmt.Sprintf("%s passes %s since %s; it last failed in %s.",
				t.Case, g.Grader, name(first), name(t.Find(g.Before))))
		}
	}
	switch {
	case len(fails) > 0:
		return fails
	case len(passes) > 0:
		return passes
	}
	return []string{fmt.Sprintf("%s passes in every run that scored it.", t.Case)}
}

// name names a run for people.
func name(s *history.Appearance) string {
	return fmt.Sprintf("run %s (%s, %s)", s.Run, s.Prompt, Minute(s.Started))
}

// Judges says that the runs of a history were judged differently, or nothing if
// they were not.
func Judges(h history.History) []string {
	ways := map[history.Judge]bool{}
	var names []string
	rubrics := map[string]bool{}
	for _, r := range h.Runs {
		if r.Judge == nil {
			continue
		}
		ways[*r.Judge], rubrics[r.Judge.RubricHash] = true, true
		if !slices.Contains(names, r.Judge.Model) {
			names = append(names, r.Judge.Model)
		}
	}
	if len(ways) < 2 {
		return nil
	}
	by := wording.List(names)
	if len(rubrics) > 1 {
		by += fmt.Sprintf(", with %d versions of the rubric", len(rubrics))
	}
	return []string{"These runs were judged by " + by +
		". Judged scores compare only between runs with the same judge and rubric."}
}
