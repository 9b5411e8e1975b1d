package result

import (
	"cmp"
	"context"
	"fmt"

	"promptbench/internal/input/config"
	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/history"
)

// A Source is a runs directory, as the pages of view show it.
type Source struct {
	Options project.Options
	Dir     string
}

// Runs returns the runs that hold replies, on the model of the options if they name
// one. Those of a judge alone and of mutants are left out.
func (s Source) Runs() ([]runfile.Found, error) {
	stored, err := runs.Past{Runs: s.Dir}.Stored(nil) // the pages do not show what git holds
	var list []runfile.Found
	model := s.Options.Model
	for _, one := range stored {
		h := one.Header
		isWanted := model == "" || h.Model.ID == model || h.Model.Name == model
		if isWanted && (h.OfRevision() || h.Blame != nil) {
			list = append(list, one.Found)
		}
	}
	return list, err
}

// Standings says how the runs did, by path.
func (s Source) Standings(ctx context.Context, list []runfile.Found) (map[string]compare.Standing, error) {
	p, err := project.Settings(s.Options)
	if err != nil {
		return nil, err
	}
	return Standings(ctx, p, s.Dir, list)
}

// History returns the scores over time, by default over the suite and on the model of the options.
func (s Source) History(suiteName, model string) (history.History, error) {
	past := runs.Past{
		Runs: s.Dir, Suite: cmp.Or(suiteName, s.Options.Suite), Model: cmp.Or(model, s.Options.Model),
	}
	return past.History()
}

// Run loads the run file at path.
func (s Source) Run(path string) (report.Run, error) {
	p, err := project.Settings(s.Options)
	if err != nil {
		return report.Run{}, err
	}
	return Load(p, path, runfile.Full, suite.Selection{}, nil)
}

// Blame reads the run file at path, a run on variants of a change.
func (s Source) Blame(path string) (blame.Result, error) {
	p, err := project.Settings(s.Options)
	if err != nil {
		return blame.Result{}, err
	}
	run, err := runfile.Load(path, runfile.Scores)
	if err != nil {
		return blame.Result{}, err
	}
	return Blame(p, run)
}

// Image returns the image with a hash from its file, of a case of the run file at path. A data URL has no file.
func (s Source) Image(path, sha256 string) (data []byte, mediaType string, err error) {
	run, err := runfile.Load(path, runfile.Scores)
	if err != nil {
		return nil, "", err
	}
	for i := range run.Cases {
		for _, image := range run.Cases[i].Attachments {
			if image.SHA256 == sha256 && image.Path != "" && image.IsImage() {
				image.Path = config.FromRecord(image.Path)
				data, err := image.Data()
				return data, image.Type, err
			}
		}
	}
	return nil, "", fmt.Errorf("no case of run %s has an image with this hash", run.Header.Run)
}

// Compare compares two run files. Like the command compare, it grades both again if
// the suite has changed, but it runs no program: looking at a page must not.
func (s Source) Compare(ctx context.Context, base, head string) (report.Pair, error) {
	p, err := project.Settings(s.Options)
	if err != nil {
		return report.Pair{}, err
	}
	h, err := runfile.ReadHeader(head)
	if err != nil {
		return report.Pair{}, err
	}
	if path := config.FromRecord(h.Suite.Path); p.Options.Suite == "" && project.Exists(path) {
		p.Options.Suite = path
	}
	how := Pairing{Detail: runfile.Full, Drift: true, Variants: true, NoCommands: true, AsRecorded: p.Options.Suite == ""}
	if !how.AsRecorded {
		if err := p.LoadSuite(); err != nil {
			return report.Pair{}, err
		}
	}
	return NewBase(p, base, how).Compare(ctx, head)
}
