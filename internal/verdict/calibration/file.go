package calibration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"promptbench/internal/record/replace"
	"promptbench/internal/record/runfile"
)

// Dir is the directory of calibrations within that of the runs.
const Dir = "calibration"

// Path is where the calibration of a judge belongs, in a directory of runs.
func Path(runs string, j runfile.Judge) string {
	return filepath.Join(runs, Dir, runfile.SafeName(j.Model.ID)+"-"+j.RubricHash+".json")
}

// Save writes a calibration, in place of one of the same judge and rubric, and
// returns where.
func Save(runs string, c Calibration) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(c); err != nil {
		return "", fmt.Errorf("encoding the calibration: %w", err)
	}
	path := Path(runs, c.Judge)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("making the directory of calibrations: %w", err)
	}
	if err := replace.File(path, func(w io.Writer) error { _, err := b.WriteTo(w); return err }); err != nil {
		return "", fmt.Errorf("writing the calibration: %w", err)
	}
	return path, nil
}

// Find returns the calibration of the judge of a run: the same model, endpoint,
// parameters, prompt and rubric. It is nil if there is none. A file that cannot be
// read is an error.
func Find(runs string, j *runfile.Judge) (*Calibration, error) {
	paths, err := filepath.Glob(filepath.Join(runs, Dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("listing calibrations: %w", err)
	}
	slices.Sort(paths)
	for _, path := range paths {
		c, err := read(path)
		if err != nil {
			return nil, err
		}
		if runfile.SameJudge(&c.Judge, j) {
			return c, nil
		}
	}
	return nil, nil
}

func read(path string) (*Calibration, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) { // removed since it was listed
		return &Calibration{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a calibration: %w", err)
	}
	var c Calibration
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("reading the calibration %s: %w; make it anew with promptbench judge calibrate", path, err)
	}
	if c.Schema > Schema {
		return nil, fmt.Errorf("the calibration %s has schema %d, and this promptbench reads up to %d; use a newer one",
			path, c.Schema, Schema)
	}
	return &c, nil
}

// Of returns the figures of a criterion.
func (c *Calibration) Of(id string) (Criterion, bool) {
	if c == nil {
		return Criterion{}, false
	}
	i := slices.IndexFunc(c.Criteria, func(k Criterion) bool { return k.Criterion == id })
	if i < 0 {
		return Criterion{}, false
	}
	return c.Criteria[i], true
}
