package prompt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// maxSize is up to which size a prompt file is read.
const maxSize = 4 << 20

// extensions returns what a prompt's name may be short of, in the order tried.
func extensions() []string { return []string{".prompt.yml", ".prompt.yaml", ".yml", ".yaml"} }

// Resolve returns the file that name stands for: that very path, else the path
// with .prompt.yml, .prompt.yaml, .yml or .yaml added. The error lists the
// prompts of that directory that name may have meant.
func Resolve(name string) (string, error) {
	isDir := false
	for _, ext := range append([]string{""}, extensions()...) {
		info, err := os.Stat(name + ext)
		switch {
		case err == nil && !info.IsDir():
			return name + ext, nil
		case err == nil && ext == "":
			isDir = true
		}
	}
	dir := filepath.Dir(name)
	if isDir {
		dir = name
	}
	names, err := Files(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no prompt %s: there is no directory %s%s", name, dir, nearDir(dir))
	}
	for i, f := range names {
		names[i] = filepath.ToSlash(filepath.Join(dir, baseName(f)))
	}
	if isDir {
		return "", fmt.Errorf("%s is a directory%s", name, nameHint("", names))
	}
	hint := nameHint(filepath.ToSlash(name), names)
	if hint == "" && dir == "." {
		hint = elsewhere(name)
	}
	return "", fmt.Errorf("no prompt %s, with or without %s%s", name, extensions()[0], hint)
}

// usualDir is where projects keep their prompts.
const usualDir = "prompts"

// elsewhere names the prompt that is meant where only its name was typed, such as
// v3 for prompts/v3.
func elsewhere(name string) string {
	names, err := Files(usualDir)
	if err != nil {
		return ""
	}
	for i, f := range names {
		names[i] = baseName(f)
	}
	if near := strictyaml.Nearest(baseName(name), names); near != "" {
		return "; did you mean " + usualDir + "/" + near + "?"
	}
	return ""
}

// nearDir names the directory that was perhaps meant, or says how to begin.
func nearDir(dir string) string {
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, filepath.ToSlash(filepath.Join(filepath.Dir(dir), e.Name())))
		}
	}
	if near := strictyaml.DidYouMean(filepath.ToSlash(dir), names); near != "" {
		return "; " + near
	}
	if dir == usualDir {
		return "; go to the directory of your project, or begin one: promptbench init"
	}
	return ""
}

// nameHint lists prompts that were perhaps meant.
func nameHint(name string, names []string) string {
	if near := strictyaml.DidYouMean(name, names); near != "" {
		return "; " + near
	}
	if len(names) == 0 {
		return ""
	}
	const most = 10
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return "; there are " + strings.Join(names, ", ")
}

// Files returns the paths of the prompt files (.prompt.yml, .prompt.yaml) of a
// directory, sorted.
func Files(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("listing prompts: %w", err)
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && isPromptFile(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, nil
}

func isPromptFile(name string) bool {
	return strings.HasSuffix(name, extensions()[0]) || strings.HasSuffix(name, extensions()[1])
}

// baseName returns a prompt's name: its file's without directory and extensions.
func baseName(path string) string {
	base := filepath.Base(filepath.ToSlash(path))
	for _, ext := range extensions() {
		if name, ok := strings.CutSuffix(base, ext); ok && name != "" {
			return name
		}
	}
	return base
}

// Load reads the prompt that name stands for: a file as [Resolve] finds it, or
// path@revision, a file as it was in a git revision. A file whose path holds an
// @ wins over a revision. The prompt is nil where nothing could be read.
func Load(ctx context.Context, name string) (*Prompt, problem.List) {
	path, err := Resolve(name)
	if err != nil {
		// The last @ cuts, as neither branches nor tags hold one as a rule,
		// while directories may.
		if at := strings.LastIndex(name, "@"); at >= 0 {
			return loadRevision(ctx, name[:at], name[at+1:])
		}
		return nil, problem.List{{Message: err.Error()}}
	}
	if strings.HasSuffix(path, ".jsonl") {
		return nil, problem.List{
			{
				Message: path + " is no prompt, but a run or cases",
				Hint:    "name a prompt, such as prompts/v3; a run is shown by promptbench report, and cases are named by --suite",
			},
		}
	}
	data, err := readFile(path)
	if err != nil {
		return nil, problem.List{{File: path, Message: err.Error()}}
	}
	return Parse(baseName(path), path, data)
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading the prompt: %w", err)
	}
	if info.Size() > maxSize {
		return nil, fmt.Errorf("reading the prompt: the file is larger than %d MiB", maxSize>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the prompt: %w", err)
	}
	return data, nil
}

func loadRevision(ctx context.Context, path, rev string) (*Prompt, problem.List) {
	fail := func(err error) (*Prompt, problem.List) {
		return nil, problem.List{{Message: err.Error()}}
	}
	r, err := openRevision(ctx, path, rev)
	if err != nil {
		return fail(err)
	}
	found, data, err := r.read(ctx, path)
	if err != nil {
		return fail(err)
	}
	p, probs := Parse(baseName(found)+"@"+rev, found, data)
	for i := range probs {
		probs[i].File += "@" + rev // the file in the work tree may be another one
	}
	if p != nil {
		p.Revision, p.Commit = rev, r.commit
		for i := range p.spots {
			p.spots[i].file += "@" + rev
		}
	}
	return p, probs
}
