package project

import (
	"cmp"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/verdict/calibration"
)

// Files are the files that a run of a revision rests on, whether they are there
// or not: the config, the suite with all that it names, files that its graders
// run, the prompt and the files of its messages. They are known, in part, for a project that could not be
// loaded. A revision that is not a file is a problem.
func (p *Project) Files(revision string) ([]string, error) {
	path, err := prompt.Resolve(revision)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	return append([]string{cmp.Or(p.Options.Config, config.DefaultIn(config.Here())), path}, p.files...), nil
}

// Inputs are the files that a project with these options rests on, as far as they can be
// found: the config, the suite with all that it names, the revisions with the files of their messages, and
// calibrations.
func Inputs(ctx context.Context, o Options, revisions []string) []string {
	p, _ := Settings(o) // of a broken config what can be read
	_ = p.LoadSuite()
	suitePath, _ := p.SuitePath()
	calibrations, _ := filepath.Glob(filepath.Join(p.RunsDir, calibration.Dir, "*"))
	out := append(
		[]string{cmp.Or(o.Config, config.DefaultIn(config.Here())), suitePath},
		slices.Concat(p.files, calibrations)...)
	for _, name := range revisions {
		if path, err := prompt.Resolve(name); err == nil {
			out = append(out, path)
			if loaded, _ := prompt.Load(ctx, path); loaded != nil {
				out = append(out, loaded.Parts...)
			}
		}
	}
	return out
}

// suiteFiles are the files of a suite and those that its graders name, such as
// the program that a grader is.
func suiteFiles(s *suite.Suite) []string {
	out := s.Files()
	for _, g := range s.Graders {
		var params any
		if json.Unmarshal(g.Params, &params) != nil {
			continue
		}
		for _, text := range texts(params) {
			for _, path := range []string{text, filepath.Join(filepath.Dir(s.Path), text)} {
				if text != "" && Exists(path) {
					out = append(out, path)
					break
				}
			}
		}
	}
	return out
}

// texts are the strings in a JSON value.
func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	}
	return out
}
