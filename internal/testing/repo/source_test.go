package repo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// module is the import path that every package of this repository starts with.
const module = "promptbench"

// A source is one Go file of the repository. Names use slashes on every system.
type source struct {
	Name    string // from the root: internal/verdict/stats/tango.go
	Package string // import path: promptbench/internal/verdict/stats
	Test    bool
	Lines   int
	Imports []string
	Syntax  *ast.File
	Files   *token.FileSet
}

// root finds the directory of the main module, upwards from the test's own.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(data), "module "+module) {
			return dir
		}
		up := filepath.Dir(dir)
		require.NotEqual(t, dir, up, "no go.mod of %s above the test", module)
		dir = up
	}
}

// sources parses every Go file of the main module, whatever system it is for: build
// constraints would hide an import from go list on all other systems.
func sources(t *testing.T) []source {
	t.Helper()
	top := root(t)
	var found []source
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != top && skipped(name, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parse(top, name)
		if err != nil {
			return err
		}
		found = append(found, file)
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

// skipped reports whether the go command would pass over a directory, or it is a
// module of its own.
func skipped(name, base string) bool {
	if base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	return err == nil
}

func parse(top, name string) (source, error) {
	rel, err := filepath.Rel(top, name)
	if err != nil {
		return source{}, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	files := token.NewFileSet()
	rel = filepath.ToSlash(rel)
	syntax, err := parser.ParseFile(files, rel, data, parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	s := source{
		Name:    rel,
		Package: path.Join(module, path.Dir(rel)),
		Test:    strings.HasSuffix(rel, "_test.go"),
		Lines:   strings.Count(string(data), "\n"),
		Syntax:  syntax,
		Files:   files,
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.Imports = append(s.Imports, imported)
	}
	return s, nil
}

// within reports whether an import path is a package or below it.
func within(imported, pkg string) bool {
	return imported == pkg || strings.HasPrefix(imported, pkg+"/")
}
