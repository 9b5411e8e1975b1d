package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/record/redact"
	"promptbench/internal/record/replace"
	"promptbench/internal/record/runfile"
)

// A Redaction is a run file that was made from another one.
type Redaction struct {
	From, Path string
}

// Redact writes, for each run file, one without the words of users and models,
// into dir, or beside it where dir is empty, in place of an earlier one. Equal texts
// have equal markers in all of them. Replaced is how many names of cases, tags and
// groups went too, because they share words with the texts. Nothing is written where
// one of the runs can't be redacted; all are moved to their places at the end.
func Redact(paths []string, o redact.Options, dir, tool string) (done []Redaction, replaced int, err error) {
	for _, path := range paths {
		if err := redactable(path); err != nil {
			return nil, 0, err
		}
	}
	r := redact.New(o)
	for _, look := range []func(*os.File) error{
		func(f *os.File) error { return r.Names(f) },
		func(f *os.File) error { return r.Words(f) },
	} {
		for _, path := range paths {
			if err := withFile(path, look); err != nil {
				return nil, 0, err
			}
		}
	}
	stages := map[string]string{} // by directory
	defer func() {
		for _, stage := range stages {
			err = errors.Join(err, os.RemoveAll(stage))
		}
	}()
	var made []string
	for _, path := range paths {
		to := cmp.Or(dir, filepath.Dir(path))
		if stages[to] == "" {
			if stages[to], err = stageIn(to); err != nil {
				return nil, 0, err
			}
		}
		var staged string
		if err := withFile(path, func(f *os.File) (err error) {
			staged, err = rewrite(r, f, stages[to], tool)
			return err
		}); err != nil {
			return nil, 0, err
		}
		made = append(made, staged)
		done = append(done, Redaction{From: path, Path: filepath.Join(to, filepath.Base(staged))})
		if err := replaceable(done[len(done)-1].Path); err != nil {
			return nil, 0, err
		}
	}
	for i, d := range done {
		if err := os.Rename(made[i], d.Path); err != nil {
			return done[:i], r.Replaced(), fmt.Errorf("redacting run file %s: %w", d.From, err)
		}
	}
	return done, r.Replaced(), nil
}

func stageIn(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making the directory of redacted runs: %w", err)
	}
	stage, err := replace.Stage(dir, "redact")
	if err != nil {
		return "", fmt.Errorf("writing in the directory of redacted runs: %w", err)
	}
	return stage, nil
}

// replaceable reports an error if what is at the place of a redacted run is not one, or
// the beginning of one.
func replaceable(path string) error {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	h, err := runfile.ReadHeader(path)
	switch {
	case err == nil && h.Redacted != nil:
		return nil
	case err != nil:
		return fmt.Errorf("%s is in the way of the redacted run: %w; move it, or name a directory with --into", path, err)
	}
	return fmt.Errorf("%s is in the way: it is no redacted run; move it, or name a directory with --into", path)
}

// redactable refuses a run that is being written, or has no words left.
func redactable(path string) error {
	h, err := runfile.ReadHeader(path)
	switch {
	case err != nil:
		return err
	case h.Redacted != nil:
		return problem.List{{Message: fmt.Sprintf("run %s is redacted already", h.Run)}}
	case runfile.Written(path):
		return fmt.Errorf("run %s is being written; redact it once it has ended", h.Run)
	}
	return nil
}

func withFile(path string, do func(*os.File) error) error {
	f, err := inputfile.Open(path)
	if err != nil {
		return fmt.Errorf("opening run file: %w", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	if err := do(f); err != nil {
		return fmt.Errorf("redacting run file %s: %w", path, err)
	}
	return nil
}

// rewrite writes the run in f anew, redacted. Lines about batches and queues stay
// away: no later run should collect on their account.
func rewrite(r *redact.Redactor, f *os.File, dir, tool string) (path string, err error) {
	var w *runfile.Writer
	defer func() {
		if err != nil && w != nil {
			_ = w.Discard() // it can be had again for nothing
		}
	}()
	end := runfile.End{Status: runfile.Incomplete, Reason: "the run that was redacted has no end line"}
	_, err = runfile.Scan(f, func(h runfile.Header) error {
		h, err := r.Header(h)
		if err != nil {
			return err
		}
		h.Run, h.Tool = h.Run+"-redacted", tool
		w, err = runfile.Create(dir, h)
		return err
	}, func(l runfile.Line) error {
		switch l.Kind {
		case runfile.KindCase:
			return one(l, func(c runfile.Case) error { return w.Case(r.Case(c)) })
		case runfile.KindCall:
			return one(l, func(c runfile.Call) error { return w.Call(r.Call(c)) })
		case runfile.KindTrial:
			return one(l, func(t runfile.Trial) error { end.Trials++; return w.Trial(r.Trial(t)) })
		case runfile.KindEnd:
			return one(l, func(e runfile.End) error { end = r.End(e); return nil })
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	path = w.Path()
	return path, w.Close(end)
}

// one decodes a line and hands it over.
func one[T any](l runfile.Line, do func(T) error) error {
	var record T
	if err := l.Decode(&record); err != nil {
		return err
	}
	return do(record)
}

// RefuseRedacted returns an error if a run is redacted; what says what can't be done.
func RefuseRedacted(h runfile.Header, what string) error {
	if h.Redacted == nil {
		return nil
	}
	return problem.List{{
		Message: fmt.Sprintf("run %s is redacted, so that %s", h.Run, what),
		Hint:    "use the run it was made from, " + h.Redacted.From,
	}}
}
