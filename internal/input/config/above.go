package config

import (
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
