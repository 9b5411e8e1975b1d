package runs

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/record/replace"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

// BaselineName is the name of the baseline in the runs directory: the run file that
// a team compares new revisions with.
const BaselineName = "baseline.jsonl"

// Baselines are the run files that the config of a project names to compare with, else
// the usual one.
func Baselines(p *project.Project) []string {
	if len(p.Config.Baselines) > 0 {
		return p.Config.Baselines
	}
	return []string{filepath.Join(p.RunsDir, BaselineName)}
}

// Anchor is the run file that comparisons with a baseline are held against beside it;
// empty if there is none.
func Anchor(p *project.Project, baseline string) string {
	if list := p.Config.Baselines; baseline != "" && len(list) > 1 && filepath.Clean(baseline) != list[1] {
		return list[1]
	}
	return ""
}

// SetBaseline writes complete runs over the whole suite to file, in one piece, and returns its header: one run as it
// is, the trials of several runs of one revision as those of one run.
func SetBaseline(paths []string, file string) (runfile.Header, error) {
	detail := runfile.Scores
	if len(paths) > 1 {
		detail = runfile.Full
	}
	list := make([]*runfile.Run, len(paths))
	for i, path := range paths {
		run, err := runfile.Load(path, detail)
		if err != nil {
			return runfile.Header{}, err
		}
		if err := checkBaseline(run); err != nil {
			return run.Header, err
		}
		list[i] = run
	}
	if len(list) == 1 {
		return list[0].Header, copyFile(paths[0], file)
	}
	pooled, err := runfile.PoolRuns(list)
	if err != nil {
		return runfile.Header{}, err
	}
	return pooled.Header, replace.File(file, func(w io.Writer) error { return runfile.Encode(w, pooled) })
}

// checkBaseline returns an error if no other run can be compared with this one.
func checkBaseline(run *runfile.Run) error {
	if err := RefuseRedacted(run.Header, "no other run can be held against it"); err != nil {
		return err
	}
	id, why := run.Header.Run, ""
	switch {
	case run.Status() != runfile.Complete:
		why = fmt.Sprintf("run %s is %s and can't be a baseline; run it again to finish it", id, run.Status())
	case run.Stopped():
		why = fmt.Sprintf("run %s stopped early, after %d of %s, and can't be a baseline; "+
			"run it again without --until-decided",
			id, run.Planned(), wording.Count(run.Header.Cases, "case"))
	case run.Header.Selected != nil:
		why = fmt.Sprintf("run %s has only a selection of the cases and can't be a baseline; run the whole suite", id)
	case run.End.Errors > 0:
		why = fmt.Sprintf("run %s can't be a baseline, because %s ended in an error; run it again to finish it",
			id, wording.Count(run.End.Errors, "trial"))
	}
	if why != "" {
		return errors.New(why)
	}
	return nil
}

// copyFile replaces to with the contents of from, or leaves it as it is.
func copyFile(from, to string) error {
	in, err := inputfile.Open(from)
	if err != nil {
		return fmt.Errorf("copying a run: %w", err)
	}
	defer in.Close() //nolint:errcheck // opened for reading only
	if err := replace.File(to, func(w io.Writer) error { _, err := io.Copy(w, in); return err }); err != nil {
		return fmt.Errorf("copying a run: %w", err)
	}
	return nil
}
