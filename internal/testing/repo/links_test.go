package repo

import (
	"os"
	"path/filepath"
	"regexp"
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
