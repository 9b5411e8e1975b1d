package config

import (
	"cmp"
	"os"
	"path/filepath"
)

// Above returns the root of the project that dir is a folder of, as seen from dir:
// the nearest directory above with a config, or with prompts and cases, within the
// git repository. It is empty where dir is no such folder, or itself a project: it
// holds a config, prompts, cases or runs.
func Above(dir string) string {
	at, err := filepath.Abs(dir)
	if err != nil || holdsConfig(at) || holds(at, "prompts") || holds(at, "cases") || holds(at, DefaultRuns) {
		return ""
	}
	for from := at; !holds(at, ".git") && filepath.Dir(at) != at; {
		at = filepath.Dir(at)
		if holdsConfig(at) || holds(at, "prompts") && holds(at, "cases") {
			root, _ := filepath.Rel(from, at) // both are absolute
			return root
		}
	}
	return ""
}

// Here returns the root of the project that the working directory is in, as seen from it: ".", or a directory above.
func Here() string { return cmp.Or(Above("."), ".") }

// ToRecord returns a path as run files hold it: as seen from the root of the project, wherever the command is typed.
// A path outside of it, or that has no such form, stays.
func ToRecord(path string) string {
	root := Here()
	if root == "." || path == "" || filepath.IsAbs(path) {
		return path
	}
	from, err := filepath.Abs(root)
	if err != nil {
		return path
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}

// FromRecord returns the path of a run file as it can be opened from the working directory.
func FromRecord(path string) string {
	if root := Here(); root != "." && path != "" && !filepath.IsAbs(path) {
		return filepath.Join(root, filepath.FromSlash(path))
	}
	return path
}

// Root returns the directory that the files of a project may be in: dir or the nearest directory above it with a
// config, or with prompts and cases, else that of the git repository, else dir.
func Root(dir string) string {
	start, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for at := start; ; at = filepath.Dir(at) {
		switch {
		case holdsConfig(at), holds(at, "prompts") && holds(at, "cases"), holds(at, ".git"):
			return at
		case filepath.Dir(at) == at:
			return start
		}
	}
}

func holdsConfig(dir string) bool { return holds(dir, DefaultPath) || holds(dir, otherPath) }

func holds(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
