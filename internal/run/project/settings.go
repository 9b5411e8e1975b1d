package project

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/labelled"
)

// Settings loads the config alone, for commands that need no suite.
func Settings(o Options) (*Project, error) {
	p, probs := loadConfig(o)
	p.Warnings = probs.Only(problem.Warning)
	return p, probs.Err()
}

func loadConfig(o Options) (*Project, problem.List) {
	c, probs := config.Load(o.Config)
	p := &Project{Options: o, Config: c, RunsDir: cmp.Or(o.Runs, c.Runs)}
	getenv, unread := environment(o.EnvFile, p.root())
	p.getenv, probs = getenv, append(probs, unread...)
	return p, append(probs, problem.From(runfile.CheckDir(p.RunsDir))...)
}

// RunsDir is the directory of run files: the flag's, else the config's.
func (o Options) RunsDir() (string, error) {
	p, err := Settings(o)
	return p.RunsDir, err
}

// Comparison is what the config says of a comparison of two runs.
func (p *Project) Comparison(base, head *runfile.Run, notes []string) compare.Options {
	o := compare.Options{
		Margins: map[string]float64{}, Notes: notes,
		BasePrice: p.PriceFor(base.Header.Model.Endpoint, base.Header.Model.ID),
		HeadPrice: p.PriceFor(head.Header.Model.Endpoint, head.Header.Model.ID),
	}
	o.Gates, o.MetricGates = p.Config.Gates, p.Config.MetricGates
	o.JudgePrice, o.Reliability = p.JudgePrice(head), p.JudgeReliabilities(head)
	for _, side := range []struct {
		of   *runfile.Run
		into **labelled.Run
	}{{base, &o.BaseLabels}, {head, &o.HeadLabels}} {
		people, err := p.Labelled(side.of)
		if err != nil {
			o.Notes = append(o.Notes, "labels are not used: "+err.Error())
		}
		*side.into = people
	}
	for _, g := range p.Config.RegressionGates {
		if g.ByType { // it does not keep other graders from deciding
			o.GatingByType = append(o.GatingByType, g.Graders...)
		} else {
			o.Gating = append(o.Gating, g.Graders...)
		}
		if g.Margin == nil {
			continue
		}
		for _, name := range g.Graders {
			o.Margins[name] = *g.Margin
		}
	}
	return o
}

// JudgePrice is the price of a run's judge, nil where it is unknown.
func (p *Project) JudgePrice(run *runfile.Run) *params.Price {
	if j := run.Header.Judge; j != nil {
		return p.PriceFor(j.Model.Endpoint, j.Model.ID)
	}
	return nil
}

// EmbeddingPrice is the price of a run's model of embeddings, nil where it is unknown.
func (p *Project) EmbeddingPrice(run *runfile.Run) *params.Price {
	if m := run.Header.Embedder; m != nil {
		return p.PriceFor(m.Endpoint, m.ID)
	}
	return nil
}

// Exists reports whether path is a file.
func Exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// Gating are the scores that a comparison's verdict rests on: those that a gate names, else all but the criteria of
// rubrics.
func (p *Project) Gating() []string {
	named := p.Comparison(&runfile.Run{}, &runfile.Run{}, nil).Gating
	if len(named) > 0 {
		return named
	}
	return slices.DeleteFunc(p.Suite.ScoreNames(), func(name string) bool { return strings.Contains(name, "/") })
}

// GatingGraders is how many graders a comparison's verdict would rest on.
func (p *Project) GatingGraders() int {
	var named []string
	for _, g := range p.Config.RegressionGates {
		named = append(named, g.Graders...)
	}
	if len(named) > 0 {
		slices.Sort(named)
		return len(slices.Compact(named))
	}
	return len(p.Suite.Graders)
}

// LabelsDir is the directory of the suite's labels.
func (p *Project) LabelsDir() string { return filepath.Join(filepath.Dir(p.Suite.Path), "labels") }
