package repo

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var (
	codeBlock = regexp.MustCompile("(?s)```.*?\n```")
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	linked    = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	elsewhere = regexp.MustCompile(`^[a-z]+:`)
	linkText  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// Every link of a document to a file of the repository, or to a heading, leads
// somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()

	top := root(t)
	pages := map[string]string{} // without their code, by path
	require.NoError(t, filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			pages[path] = codeBlock.ReplaceAllString(string(data), "")
		}
		return nil
	}))
	followed := 0
	for path, text := range pages {
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			link := m[1] + m[2]
			if elsewhere.MatchString(link) {
				continue
			}
			followed++
			name, anchor, _ := strings.Cut(link, "#")
			target := path
			if name != "" {
				target = filepath.Join(filepath.Dir(path), filepath.FromSlash(name))
			}
			require.True(t, exists(target), "%s links to %s", path, link)
			if anchor != "" {
				require.Contains(t, anchors(pages[target]), anchor, "%s links to %s", path, link)
			}
		}
	}
	require.Greater(t, followed, 50)
}

// anchors are the names under which GitHub links to the headings of a page.
func anchors(page string) []string {
	var out []string
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		text := linkText.ReplaceAllString(m[1], "$1")
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(text)))
	}
	return out
}

// Every path of the repository that a page names exists, and every "go test PACKAGE -run NAME" finds a test.
func TestPagesNamePathsAndTestsThatExist(t *testing.T) {
	t.Parallel()

	top := root(t)
	tests := map[string][]string{} // the names of functions in tests, by directory
	for _, file := range sources(t) {
		if file.Test {
			dir := filepath.Dir(file.Name)
			for _, declared := range file.Syntax.Decls {
				if function, ok := declared.(*ast.FuncDecl); ok {
					tests[dir] = append(tests[dir], function.Name.Name)
				}
			}
		}
	}
	const folders = `\.ci|cases|cmd|docs|graders|internal|scripts|tools`
	namedPath := regexp.MustCompile("(?:^|[\\s`(]|\\./)((?:" + folders + ")/[\\w./-]*\\w)")
	namedTest := regexp.MustCompile("go test ((?:\\./[\\w/.]+\\s+)+)-run ['\"]?([\\w|]+)")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(top, pattern))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	paths, runs := 0, 0
	for _, page := range pages {
		if filepath.Base(page) == "CHANGELOG.md" {
			continue
		}
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		text := codeBlock.ReplaceAllString(string(data), "")
		for _, named := range namedPath.FindAllStringSubmatch(text, -1) {
			require.True(t, exists(filepath.Join(top, named[1])), "%s names %s", page, named[1])
			paths++
		}
		for _, named := range namedTest.FindAllStringSubmatch(text, -1) {
			for dir := range strings.FieldsSeq(named[1]) {
				matches := regexp.MustCompile(named[2]).MatchString
				found := slices.ContainsFunc(tests[filepath.Clean(dir)], matches)
				require.True(t, found, "%s: no test matches %s", page, named[0])
				runs++
			}
		}
	}
	require.Greater(t, paths, 20)
	require.Greater(t, runs, 5)
}
