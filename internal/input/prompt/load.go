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

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/input/config"
	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// maxSize is the greatest size of a prompt file, in bytes.
const maxSize = 4 << 20

var errTooLarge = fmt.Errorf("the file is larger than %d MiB", maxSize>>20)

// extensions returns the file name extensions that a prompt's name may omit, in
// the order tried.
func extensions() []string { return []string{".prompt.yml", ".prompt.yaml", ".yml", ".yaml"} }

// Resolve returns the file that name names: that very path, else the path
// with .prompt.yml, .prompt.yaml, .yml or .yaml added. The error suggests prompts
// of that directory.
func Resolve(name string) (string, error) {
	isDir := false
	for _, ext := range append([]string{""}, extensions()...) {
		path := inputfile.Spelled(name + ext)
		info, err := os.Stat(path)
		switch {
		case err == nil && !info.IsDir():
			return path, nil
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
		return "", fmt.Errorf("no prompt %s: there is no directory %s%s", name, dir, dirHint(dir))
	}
	for i, f := range names {
		names[i] = filepath.ToSlash(filepath.Join(dir, baseName(f)))
	}
	if isDir {
		return "", fmt.Errorf("%s is a directory%s", name, nameHint("", names))
	}
	hint := nameHint(filepath.ToSlash(name), names)
	if hint == "" && dir == "." {
		hint = usualHint(name)
	}
	return "", fmt.Errorf("no prompt %s, with or without %s%s", name, extensions()[0], hint)
}

// usualDir is the directory of the project's prompts, as seen from the working directory.
func usualDir() string { return filepath.ToSlash(filepath.Join(config.Here(), "prompts")) }

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// usualHint suggests a prompt of the usual directory, such as prompts/v3 for v3.
func usualHint(name string) string {
	names, err := Files(usualDir())
	if err != nil {
		return ""
	}
	for i, f := range names {
		names[i] = baseName(f)
	}
	if near := strictyaml.Nearest(baseName(name), names); near != "" {
		return "; did you mean " + usualDir() + "/" + near + "?"
	}
	return ""
}

// dirHint suggests a similar directory, or how to begin.
func dirHint(dir string) string {
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
	if above := filepath.Join(config.Here(), dir); above != dir && isDir(above) {
		return "; the project is in " + config.Here() + ": name it from here, such as " + filepath.ToSlash(above) + "/NAME"
	}
	if dir == "prompts" {
		return "; go to the directory of your project, or begin one: promptbench init"
	}
	return ""
}

// nameHint suggests a similar prompt, or lists all.
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

// baseName returns a prompt's name: the file's without directory and extension.
func baseName(path string) string {
	base := norm.NFC.String(filepath.Base(filepath.ToSlash(path)))
	for _, ext := range extensions() {
		if name, ok := strings.CutSuffix(base, ext); ok && name != "" {
			return name
		}
	}
	return base
}

// Load reads a prompt: a file as [Resolve] finds it, or path@revision, a file as
// it was in a git revision. A file with an @ in its path precedes a revision. The
// prompt is nil if nothing could be read.
func Load(ctx context.Context, name string) (*Prompt, problem.List) {
	path, err := Resolve(name)
	if err != nil {
		if path, rev, ok := splitRevision(ctx, name); ok {
			return loadRevision(ctx, path, rev)
		}
		return nil, problem.List{{Message: err.Error()}}
	}
	if strings.HasSuffix(path, ".jsonl") {
		return nil, problem.List{
			{
				Message: path + " is a run or cases, not a prompt",
				Hint:    "name a prompt, such as prompts/v3; a run is shown by promptbench report, and cases are named by --suite",
			},
		}
	}
	data, err := inputfile.Read(path, maxSize)
	if err != nil {
		return nil, problem.List{{File: path, Message: "reading the prompt: " + err.Error()}}
	}
	return parse(baseName(path), path, data, partsBeside(path))
}

func loadRevision(ctx context.Context, path, rev string) (*Prompt, problem.List) {
	var found string
	var data []byte
	r, err := openRevision(ctx, path, rev)
	if err == nil {
		found, data, err = r.read(ctx, path)
	}
	if err != nil {
		return nil, problem.List{{Message: err.Error()}}
	}
	p, probs := parse(baseName(found)+"@"+rev, found, data, func(part string) ([]byte, error) {
		return r.part(ctx, part)
	})
	for i := range probs {
		probs[i].File += "@" + rev // the file in the work tree may be another one
	}
	if p != nil {
		p.Revision, p.Commit = rev, r.commit
		for i := range p.spots {
			p.spots[i].revision = rev
		}
	}
	return p, probs
}
