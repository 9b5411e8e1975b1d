package project

import (
	"cmp"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
)

// PromptsDir is the directory of the project's prompts where nothing else is named.
func PromptsDir() string { return filepath.Join(config.Here(), "prompts") }

// SuitesDir is the directory of the project's suites where nothing else is named.
func SuitesDir() string { return filepath.Join(config.Here(), "cases") }

// A Suggester lists what a word on the command line may be, while somebody types
// it. It reads files, and at most asks git for the names of branches and tags. What
// can't be read gives no suggestion, and no error.
type Suggester struct{ o Options }

// Suggest suggests what fits the options given so far.
func Suggest(o Options) Suggester { return Suggester{o} }

func (s Suggester) config() *config.Config {
	c, _ := config.Load(s.o.Config) // what could be read of a broken one is better than nothing
	return c
}

// Models are the names of the config's models.
func (s Suggester) Models() []string { return slices.Sorted(maps.Keys(s.config().Models)) }

// Cases are the ids of the suite's cases and its tags.
func (s Suggester) Cases() (ids, tags []string) {
	path, err := s.suite()
	if err != nil {
		return nil, nil
	}
	return suite.Sketch(path)
}

func (s Suggester) suite() (string, error) {
	p := &Project{Options: s.o, Config: s.config()}
	return p.SuitePath()
}

// Graders are the names of the suite's scores.
func (s Suggester) Graders() []string {
	path, err := s.suite()
	if err != nil {
		return nil
	}
	loaded, _ := suite.Load(path)
	return loaded.ScoreNames()
}

// Suites are the YAML files in cases.
func (s Suggester) Suites() []string {
	found, _ := SuiteFiles(SuitesDir()) // no directory, no suites
	return slashes(found)
}

// Revisions are the prompts in the directory that a word names so far, prompts
// where it names none; after an @, the branches and tags of the repository.
func (s Suggester) Revisions(ctx context.Context, word string) []string {
	if at := strings.LastIndexByte(word, '@'); at > 0 {
		var out []string
		for _, ref := range s.Refs(ctx) {
			out = append(out, word[:at+1]+ref)
		}
		return out
	}
	dir := PromptsDir()
	if strings.ContainsRune(word, '/') {
		dir = filepath.Dir(word + "x")
	}
	files, _ := prompt.Files(dir) // no directory, no prompts
	for i, file := range files {
		name := filepath.ToSlash(file)
		files[i] = strings.TrimSuffix(strings.TrimSuffix(name, ".prompt.yaml"), ".prompt.yml")
	}
	return files
}

// Refs are the branches and tags of the repository.
func (Suggester) Refs(ctx context.Context) []string {
	out, err := exec.CommandContext(ctx, "git", "for-each-ref", "--format=%(refname:short)",
		"refs/heads", "refs/tags", "refs/remotes").Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// Runs are the run files, the newest first, and the ids of the runs that bear the
// name of their file. They go by the names of files, since a history may hold
// thousands.
func (s Suggester) Runs() (files, ids []string) {
	dir := cmp.Or(s.o.Runs, s.config().Runs)
	files, _ = runfile.Files(dir) // no directory, no runs
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(b), filepath.Base(a)) })
	for _, file := range files {
		if id := strings.TrimSuffix(filepath.Base(file), runfile.Ext); runfile.IsID(id) {
			ids = append(ids, id)
		}
	}
	return slashes(files), ids
}

func slashes(paths []string) []string {
	for i := range paths {
		paths[i] = filepath.ToSlash(paths[i])
	}
	return paths
}

// SuiteFiles are the YAML files of a directory, sorted.
func SuiteFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var out []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, err
}
