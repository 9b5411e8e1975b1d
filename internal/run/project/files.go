package project

import (
	"cmp"
	"encoding/json"
	"path/filepath"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
)

// Files are the files that a run of a revision rests on, whether they are there
// or not: the config, the suite with all that it names, files that its graders
// run, and the prompt. They are known, in part, for a project that could not be
// loaded. A revision that is not a file is a problem.
func (p *Project) Files(revision string) ([]string, error) {
	path, err := prompt.Resolve(revision)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	return append([]string{cmp.Or(p.Options.Config, config.DefaultPath), path}, p.files...), nil
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
