package mcp

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
)

// The endings of files that an agent may name. An error quotes the file that it is about, so no other file may be one.
func promptFiles() []string { return []string{".yml", ".yaml"} }
func runFiles() []string    { return append(promptFiles(), runfile.Ext) }

// inside returns the path of a prompt, a suite or a run file as seen from the project. A path that leads out of the
// project, through a link too, one to a hidden file, and a file with another ending are refused. What names no file,
// such as the id of a run or a prompt in a git revision, is left to the command.
func (s *server) inside(what, path string, endings []string) (string, error) {
	refuse := func(why string) (string, error) {
		return "", fmt.Errorf("%s %q %s; name one inside the project %s, as list shows them", what, path, why, s.o.Root)
	}
	name := path
	for _, root := range []string{s.o.Root, s.root} {
		if rel, err := filepath.Rel(root, path); filepath.IsAbs(path) && err == nil && filepath.IsLocal(rel) {
			name = rel
		}
	}
	switch {
	case strings.TrimSpace(path) == "" || strings.ContainsRune(path, 0):
		return refuse("names nothing")
	case !filepath.IsLocal(name):
		return refuse("is outside the project")
	case slices.ContainsFunc(strings.Split(filepath.ToSlash(name), "/"), func(part string) bool {
		return strings.HasPrefix(part, ".") && part != "."
	}):
		return refuse("is hidden")
	}
	before, _, _ := strings.Cut(name, "@")
	for _, of := range []string{name, before} {
		found, err := prompt.Resolve(of)
		if err != nil {
			found = of // no prompt, but maybe a directory or a link
		}
		target, err := filepath.EvalSymlinks(found)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			target, err = filepath.Abs(target)
		}
		rel, relErr := filepath.Rel(s.root, target)
		info, statErr := os.Stat(found)
		switch {
		case err != nil || relErr != nil || statErr != nil || !filepath.IsLocal(rel):
			return refuse("is outside the project")
		case info.Mode().IsRegular() && !slices.Contains(endings, filepath.Ext(found)):
			return refuse("is not a " + strings.Join(endings, " or ") + " file")
		}
	}
	return name, nil
}
