package repo

import (
	"encoding/json"
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// maxLines is how long a Go file may get before it is more than a few screens; tests,
// whose tables are read a row at a time, may be longer.
const maxLines = 350

func TestPackagesImportInOneDirection(t *testing.T) {
	t.Parallel()

	rules := []struct {
		from  string // a package and what is below it
		never string
		why   string
	}{
		{"promptbench/graders", "promptbench/internal", "graders is the public library"},
		{"promptbench/graders", "promptbench/cmd", "graders is the public library"},
		{"promptbench/internal", "promptbench/cmd", "a command calls packages, never the other way round"},
		{"promptbench/internal/verdict/stats", "promptbench", "stats knows numbers only"},
	}

	files := sources(t)
	direct := map[string][]string{}
	for _, file := range files {
		if !file.Test {
			direct[file.Package] = append(direct[file.Package], file.Imports...)
		}
	}
	for _, rule := range rules {
		for _, file := range files {
			if !within(file.Package, rule.from) {
				continue
			}
			for _, imported := range file.Imports {
				if within(imported, rule.from) {
					continue
				}
				chain := reach(direct, imported, rule.never, rule.from)
				require.Empty(t, chain, "%s imports %s: %s", file.Name, strings.Join(chain, ", which imports "), rule.why)
			}
		}
	}
}

// The folders of internal are the steps of the data. Each uses those below it, never one above.
func TestWingsImportDownwards(t *testing.T) {
	t.Parallel()

	below := map[string][]string{
		"run":     {"output", "verdict", "model", "migrate", "record", "input", "text"},
		"output":  {"verdict", "record", "input", "text"},
		"verdict": {"record", "input", "text"},
		"model":   {"record", "input", "text"},
		"migrate": {"record", "input", "text"},
		"record":  {"input", "text"},
		"input":   {"text"},
		"text":    {},
		"testing": {"run", "output", "verdict", "model", "migrate", "record", "input", "text"},
	}
	for _, file := range sources(t) {
		wing := wingOf(file.Package)
		if wing == "" || file.Test {
			continue
		}
		require.Contains(t, below, wing, "%s: internal/%s is no wing; see docs/architecture.md", file.Name, wing)
		for _, imported := range file.Imports {
			if other := wingOf(imported); other != "" && other != wing {
				require.Contains(t, below[wing], other, "%s imports %s: data flows the other way", file.Name, imported)
			}
		}
	}
}

// wingOf returns the folder of internal that a package is in, or nothing.
func wingOf(pkg string) string {
	rest, ok := strings.CutPrefix(pkg, module+"/internal/")
	if !ok {
		return ""
	}
	wing, _, _ := strings.Cut(rest, "/")
	return wing
}

// reach returns the imports that lead from one package to a forbidden one, or nothing.
// Packages of the rule's own side are no way there: their files are looked at themselves.
func reach(direct map[string][]string, start, never, own string) []string {
	seen := map[string]bool{}
	var walk func(string) []string
	walk = func(pkg string) []string {
		if seen[pkg] || within(pkg, own) {
			return nil
		}
		seen[pkg] = true
		if within(pkg, never) {
			return []string{pkg}
		}
		for _, next := range direct[pkg] {
			if chain := walk(next); chain != nil {
				return append([]string{pkg}, chain...)
			}
		}
		return nil
	}
	return walk(start)
}

func TestWrappedLibrariesHaveFewImporters(t *testing.T) {
	t.Parallel()

	only := map[string][]string{
		"gopkg.in/yaml.v3":                  {"promptbench/internal/input/strictyaml"},
		"github.com/sashabaranov/go-openai": {"promptbench/internal/model/api", "promptbench/internal/model/batch"},
		"github.com/nats-io":                {"promptbench/internal/model/queue"},
	}
	for _, file := range sources(t) {
		for _, imported := range file.Imports {
			for library, importers := range only {
				if !within(imported, library) {
					continue
				}
				allowed := slices.ContainsFunc(importers, func(importer string) bool { return within(file.Package, importer) })
				require.True(t, allowed,
					"%s imports %s, which only %s may", file.Name, imported, strings.Join(importers, " and "))
			}
		}
	}
}

// The server of a queue is larger than the command without it.
func TestCommandLinksNoServer(t *testing.T) {
	t.Parallel()

	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./cmd/promptbench")
	list.Dir = root(t)
	out, err := list.Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "github.com/nats-io/nats.go")
	require.NotContains(t, string(out), "nats-server", "only with the tag embednats")
}

func TestOnlyCommandsEndTheProcess(t *testing.T) {
	t.Parallel()

	ends := regexp.MustCompile(`^(os\.Exit|syscall\.Exit|log\.(Fatal|Panic)(f|ln)?)$`)
	for _, file := range sources(t) {
		if file.Test || file.Syntax.Name.Name == "main" {
			continue
		}
		ast.Inspect(file.Syntax, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok {
					name := pkg.Name + "." + selector.Sel.Name
					require.False(t, ends.MatchString(name), "%s calls %s: return an error, main decides",
						file.Files.Position(call.Pos()), name)
				}
			}
			return true
		})
	}
}

func TestFilesStayShort(t *testing.T) {
	t.Parallel()

	for _, file := range sources(t) {
		if !file.Test {
			require.LessOrEqual(t, file.Lines, maxLines, "%s: split it by topic", file.Name)
		}
	}
}

func TestTopLevelNames(t *testing.T) {
	t.Parallel()

	allowed := []string{
		"cmd", "cases", "prompts", "graders", "runs", "go.mod", "go.sum", "README.md", "README.ko.md",
		"internal", "docs", "scripts", "tools", "promptbench.yaml", "action.yml",
		"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md",
	}
	for _, name := range topLevel(t) {
		if !strings.HasPrefix(name, ".") {
			require.Contains(t, allowed, name, "no new name at the top level: it belongs into one of the directories there")
		}
	}
}

// topLevel lists the names at the root that belong to the repository: what git tracks or
// would, so that what a build left there does not count. Where there is no git, as in an
// unpacked archive, nothing was built yet, and all names count.
func topLevel(t *testing.T) []string {
	t.Helper()
	top := root(t)
	var names []string
	git := exec.CommandContext(
		t.Context(), "git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if out, err := git.Output(); err == nil && len(out) > 0 {
		for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			first, _, _ := strings.Cut(name, "/")
			names = append(names, first)
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	entries, err := os.ReadDir(top)
	require.NoError(t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestEveryDependencyIsAccountedFor(t *testing.T) {
	t.Parallel()

	top := root(t)
	page, err := os.ReadFile(filepath.Join(top, "docs", "dependencies.md"))
	require.NoError(t, err)
	var rows []string
	for _, match := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, match[1])
	}
	require.NotEmpty(t, rows, "docs/dependencies.md has no table row that starts with a module in backquotes")

	main := modules(t, top)
	tools := slices.Concat(
		modules(t, filepath.Join(top, "tools")).Tool, modules(t, filepath.Join(top, "tools", "release")).Tool,
	)
	var used []string
	for _, required := range main.Require {
		if !required.Indirect {
			used = append(used, required.Path)
		}
	}
	for _, tool := range tools {
		used = append(used, tool.Path)
	}
	require.Empty(t, main.Tool, "tools belong into tools/go.mod, so that building promptbench never pulls them")
	require.Empty(t, without(used, rows), "these have no row in docs/dependencies.md")
	require.Empty(t, without(rows, used), "docs/dependencies.md has rows that no go.mod names")
	require.Len(t, rows, len(used), "docs/dependencies.md has two rows for one module")
}

// without returns the names that only the first list has.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// A modfile is what is read of a go.mod here, in the shape that the go command prints.
type modfile struct {
	Require []struct {
		Path     string
		Indirect bool
	}
	Tool []struct{ Path string }
}

func modules(t *testing.T, dir string) modfile {
	t.Helper()
	edit := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json")
	edit.Dir = dir
	out, err := edit.Output()
	require.NoError(t, err, "go mod edit in %s", dir)
	var file modfile
	require.NoError(t, json.Unmarshal(out, &file))
	return file
}

func TestWorkflowsPinWhatTheyRun(t *testing.T) {
	t.Parallel()

	top := root(t)
	files, err := filepath.Glob(filepath.Join(top, ".github", "workflows", "*.y*ml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	if action := filepath.Join(top, "action.yml"); exists(action) {
		files = append(files, action)
	}

	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.+?)\s*$`)
	// A tag can be moved to other code; a commit cannot. The comment says which release it was.
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, match := range uses.FindAllStringSubmatch(string(data), -1) {
			if !strings.HasPrefix(match[1], "./") {
				require.Regexp(t, pinned, match[1], "%s: name the full commit, then # vX.Y.Z", filepath.Base(name))
			}
		}
	}
}

// Pictures are made by scripts/screenshots, stand in some document, and stay
// small, since every clone carries every one there ever was.
func TestPicturesAreSmallAndShown(t *testing.T) {
	t.Parallel()

	const most = 150_000
	top := root(t)
	pictures, err := os.ReadDir(filepath.Join(top, "docs", "images"))
	require.NoError(t, err)
	script, err := os.ReadFile(filepath.Join(top, "scripts", "screenshots"))
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join(top, "README.md"))
	require.NoError(t, err)
	for _, picture := range pictures {
		info, err := picture.Info()
		require.NoError(t, err)
		require.LessOrEqual(t, info.Size(), int64(most), picture.Name())
		require.Contains(t, string(script), "docs/images/"+picture.Name())
		require.Contains(t, string(page), "docs/images/"+picture.Name())
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
