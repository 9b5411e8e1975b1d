package runs

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"promptbench/internal/record/runfile"
)

// BaselineName is what the baseline is called in the runs directory: the run
// file that a team holds new revisions against.
const BaselineName = "baseline.jsonl"

// SetBaseline copies a complete run over the whole suite to file, in one piece,
// and returns its header.
func SetBaseline(path, file string) (runfile.Header, error) {
	run, err := runfile.Load(path, runfile.Scores)
	if err != nil {
		return runfile.Header{}, err
	}
	if err := RefuseRedacted(run.Header, "no other run can be held against it"); err != nil {
		return run.Header, err
	}
	switch {
	case run.Status() != runfile.Complete:
		return run.Header, fmt.Errorf("run %s is %s and can't be a baseline; run it again to finish it", run.Header.Run, run.Status())
	case run.Header.Selected != nil:
		return run.Header, fmt.Errorf("run %s has only a selection of the cases and can't be a baseline; run the whole suite", run.Header.Run)
	case run.End.Errors > 0:
		return run.Header, fmt.Errorf("run %s has %d trials without a reply and can't be a baseline; run it again to finish it", run.Header.Run, run.End.Errors)
	}
	return run.Header, copyFile(path, file)
}

// copyFile replaces to with the contents of from, or leaves it as it is.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copying a run: %w", err)
	}
	defer in.Close() //nolint:errcheck // opened for reading only
	out, err := os.CreateTemp(filepath.Dir(to), ".promptbench-*")
	if err != nil {
		return fmt.Errorf("copying a run: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("copying a run: %w", err)
			_ = os.Remove(out.Name())
		}
	}()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if err := out.Chmod(0o644); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
