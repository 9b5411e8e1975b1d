package repo

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// bannedPhrases are phrases that readers with English as a second language do not understand at once, with what to
// write instead. They are in lower case.
var bannedPhrases = []struct {
	phrases []string
	instead string
}{
	{[]string{"it is open whether"}, "which cases changed, and that they are too few to decide"},
	{[]string{"times in 5", "times in five"}, "reliably, or a power of 80%"},
	{[]string{"whoever", "whomever"}, "anyone who, or the person's role"},
	{[]string{"that is news", "is no news"}, "what changed, or that nothing changed"},
	{[]string{"of which", "of whom"}, "a second sentence"},
	{[]string{"what stands"}, "the name of the thing: the text, the value, the file"},
	{[]string{"stands behind", "stand behind", "stands beside", "stand beside", "stands apart", "stand apart"}, "is, comes from, is next to"},
	{[]string{"has to earn", "have to earn", "earn its say", "earns its say"}, "the condition"},
	{[]string{"is no to-do", "what is no to-do"}, "is not a to-do"},
	{[]string{"by the operator"}, "interrupted"},
	{[]string{"would not be the prompt's"}, "that the prompt may not be the cause"},
	{[]string{"colour each other"}, "influence each other"},
	{[]string{"count for nothing", "counts for nothing"}, "is ignored"},
	{[]string{"cry wolf", "cries wolf"}, "raise false alarms"},
	{[]string{"no code can see"}, "code cannot check"},
	{[]string{"is no test", "are no test", "that are no verdict"}, "is not a test, is not a verdict"},
	{[]string{"is none for"}, "does not apply to"},
	{[]string{"nothing in particular"}, "what is not set"},
	{[]string{"what is given up"}, "what is lost"},
	{[]string{"has them made"}, "what it uses or sends"},
	{[]string{"as it stands", "as they stand"}, "unchanged, or by default"},
	{[]string{"whence", "thereof", "therein", "lest", "thus", "hence"}, "so, from, in"},
}

// Pages, comments, messages and help texts use plain English.
func TestWordsArePlain(t *testing.T) {
	t.Parallel()

	texts := prose(t)
	require.Greater(t, len(texts), 100)
	for name, text := range texts {
		lines := strings.Split(strings.ToLower(text), "\n")
		for i, line := range lines {
			sentence := line
			if i+1 < len(lines) {
				sentence += " " + strings.TrimLeft(lines[i+1], " \t/#")
			}
			for _, banned := range bannedPhrases {
				for _, phrase := range banned.phrases {
					if at := indexOfWords(sentence, phrase); at >= 0 && at < len(line) {
						t.Errorf("%s:%d: %q: write %s", name, i+1, phrase, banned.instead)
					}
				}
			}
		}
	}
}

// indexOfWords returns the index of the first occurrence of a phrase in whole words, or -1.
func indexOfWords(text, phrase string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], phrase)
		if at < 0 {
			return -1
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(phrase):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return at
		}
		from = at + len(phrase)
	}
}

func TestIndexOfWords(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]int{
		"hence":                0,
		"whence, hence":        8,
		"the hencefort":        -1,
		"그러니 hence":            10,
		"no such word is here": -1,
	} {
		require.Equal(t, want, indexOfWords(text, "hence"), text)
	}
}

// prose returns, by name, the text of every file that the repository's own sentences are in. It leaves out files of
// data, whose words are quoted or whose hashes recordings depend on. Of suites it returns the comments.
func prose(t *testing.T) map[string]string {
	t.Helper()
	data := []string{".git", ".local-model", "images", "node_modules", "prompts", "runs", "testdata"}
	value := regexp.MustCompile(`(?m)^\s*[^\s#].*$`)
	top := root(t)
	texts := map[string]string{}
	require.NoError(t, filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != top && slices.Contains(data, entry.Name()) { // a clone may have any name
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		isScript := strings.HasPrefix(name, "scripts/") || strings.HasPrefix(name, ".ci/")
		isProse := slices.Contains([]string{".go", ".md", ".yaml", ".yml"}, filepath.Ext(name))
		if !isScript && !isProse || name == "CHANGELOG.md" || strings.HasSuffix(name, "/words_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains("/"+name, "/cases/") {
			// A blank line for each value keeps the numbers of lines.
			text = value.ReplaceAll(text, nil)
		}
		texts[name] = string(text)
		return nil
	}))
	return texts
}
