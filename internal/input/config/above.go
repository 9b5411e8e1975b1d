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

func holdsConfig(dir string) bool { return holds(dir, DefaultPath) || holds(dir, otherPath) }

func holds(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
