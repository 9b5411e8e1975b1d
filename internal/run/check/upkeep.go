package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/compare"
)

// checkLabels checks the label files beside the suites: that they can be read, and
// that what they answer is still asked.
func (c *Result) checkLabels() problem.List {
	var probs problem.List
	var dirs []string
	for _, s := range c.Suites {
		dir := filepath.Join(filepath.Dir(s.Path), "labels")
		if slices.Contains(dirs, dir) {
			continue
		}
		dirs = append(dirs, dir)
		files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
		if err != nil {
			return problem.From(err)
		}
		for _, file := range files {
			labels, err := label.Read(file)
			if err == nil {
				_, err = label.DrawsIn(file)
			}
			if err != nil {
				probs = append(probs, problem.From(err)...)
				continue
			}
			probs = append(probs, c.unaskedLabels(file, labels)...)
		}
	}
	return probs
}

// unaskedLabels warns of labels of a suite or a criterion that is not there any more.
func (c *Result) unaskedLabels(file string, labels []label.Label) problem.List {
	var probs problem.List
	warn := func(message string) {
		p := problem.Problem{
			File: file, Severity: problem.Warning, Message: message, Hint: "they are left out of a calibration",
		}
		if !slices.Contains(probs, p) {
			probs.Add(p)
		}
	}
	for _, l := range labels {
		at := slices.IndexFunc(c.Suites, func(s *suite.Suite) bool { return s.Name == l.Suite })
		switch {
		case at < 0:
			warn("there are labels of the suite " + l.Suite + ", which is not here")
		case !slices.Contains(c.Suites[at].ScoreNames(), "rubric/"+l.Criterion):
			warn(fmt.Sprintf("there are labels of the criterion %s, which %s does not have", l.Criterion, c.Suites[at].Path))
		}
	}
	return probs
}

// checkBaseline checks a baseline, if it is there: that it can be read, is whole, and
// still has the suite's cases.
func checkBaseline(p *project.Project, path string) problem.List {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if len(p.Config.Baselines) == 0 {
			return nil
		}
		return problem.List{{
			File: p.Config.Path, Severity: problem.Warning, Message: "there is no baseline " + path + " yet",
			Hint: "make it: promptbench baseline set prompts/v1 -o " + path,
		}}
	}
	const again = "make another with promptbench baseline set"
	run, err := runfile.Load(path, runfile.Scores)
	if err != nil {
		return problem.List{{File: path, Message: err.Error(), Hint: again}}
	}
	switch {
	case run.Status() != runfile.Complete:
		return problem.List{{File: path, Message: fmt.Sprintf("the baseline is %s", run.Status()), Hint: again}}
	case run.Stopped():
		return problem.List{{File: path, Message: "the baseline stopped early and has only some of the cases", Hint: again}}
	}
	if p.Suite == nil || run.Header.Suite.Name != p.Suite.Name {
		return nil
	}
	same := 0
	for c, err := range p.Suite.Cases() {
		if err != nil {
			return problem.From(err)
		}
		then, ok := run.Case(c.ID)
		if ok && then.InputHash == runner.CaseRecord(p.Suite, c).InputHash {
			same++
		}
	}
	if all := p.Suite.Len(); float64(same) < compare.DefaultOverlap*float64(all) {
		return problem.List{{
			File: path, Severity: problem.Warning,
			Message: fmt.Sprintf("the baseline has %d of the %d cases of %s as they are now, too few to be compared with",
				same, all, p.Suite.Path),
			Hint: "run its revision again, and " + again,
		}}
	}
	return nil
}
