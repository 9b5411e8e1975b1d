package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"promptbench/internal/migrate/importer"
)

// seed adds what the archives import from files of one extension.
func seed(f *testing.F, ext string) {
	f.Helper()
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	found := 0
	for _, file := range archives {
		archive, err := txtar.ParseFile(file)
		require.NoError(f, err)
		for _, one := range archive.Files {
			if filepath.Ext(one.Name) == ext && strings.HasPrefix(one.Name, "in/") {
				f.Add(one.Data)
				found++
			}
		}
	}
	require.NotZero(f, found, "the committed seeds of %s are missing", ext)
}

// requireSound holds that whatever a file says, there is a result that loads or
// a problem that says why not.
func requireSound(t *testing.T, files memory, source string) {
	t.Helper()
	r, probs := importer.Import(files, source, importer.Options{Source: "../.."})
	if r == nil {
		require.Error(t, probs.Err())
		return
	}
	for _, p := range r.Left {
		require.NotEmpty(t, p.Message)
		require.NotEmpty(t, p.File)
	}
	requireLoads(t, r, files)
}

func FuzzDocument(f *testing.F) {
	seed(f, ".yaml")
	seed(f, ".yml")
	f.Add([]byte("prompts: ['{{a}}{{{b}}} \\{{c}} {% raw %}{{d}}']\ntests: [{vars: {a: [1, {x: 2}], b: {y: [z]}}, " +
		"assert: [{type: equals, value: {a: 1}}, {type: not-regex, value: '['}]}]"))
	f.Add([]byte("prompts: {a.txt: x, b: y}\nproviders: openai:gpt-4o\ntests: tests.csv\nscenarios: [{config: " +
		"file://x, tests: 3}]"))
	f.Add([]byte("messages: [{role: user, content: ''}, {role: tool, content: [1]}]\ntestData: [{a: " +
		"null}]\nevaluators: [{string: 1}, {llm: {choices: 3}}]"))
	f.Add([]byte("prompts: ['{{a}}']\ntests: [{vars: file://config.yaml}, file://config.yaml, {vars: loop.yaml}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		requireSound(
			t,
			memory{"loop.yaml": []byte("loop.yaml"), "config.yaml": data, "tests.csv": []byte("a,__expected\n1,contains:2\n")},
			"config.yaml")
	})
}

func FuzzSamples(f *testing.F) {
	seed(f, ".jsonl")
	f.Add([]byte(
		`{"input":[],"ideal":{}}` + "\n" + `{"input":[{"role":"user","content":"{% endraw %}{{x}}"}],"ideal":[null,""]}`))
	f.Fuzz(func(t *testing.T, data []byte) { requireSound(t, memory{"a.jsonl": data}, "a.jsonl") })
}

func FuzzTable(f *testing.F) {
	seed(f, ".csv")
	f.Add([]byte("input,expected\n\"a\"\"b\",\n,,,\n\xff,x"))
	f.Add([]byte("question,input text,__expected\n\u2028,{{x}},is-json:{}"))
	f.Fuzz(func(t *testing.T, data []byte) { requireSound(t, memory{"a.csv": data}, "a.csv") })
}

// FuzzPrompt holds what a prompt file may say, as text and as a chat.
func FuzzPrompt(f *testing.F) {
	seed(f, ".txt")
	seed(f, ".json")
	f.Add([]byte("{% for a in list %}{% for k, v in a %}{{k}}={{v}}{{x}}{% endfor %}{% endfor %}{% for b in list " +
		"%}{{b.c}}"))
	f.Add([]byte("{{ input }}{{- x | dump -}}{# c #}{{ y['a b'][0].c }}\\{{z}}"))
	f.Add([]byte(
		`[{"role":"system","content":"{{x}}"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"}]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, ext := range []string{".txt", ".json", ".yaml", ".md"} {
			requireSound(t, memory{
				"c.yaml": []byte("prompts: [file://p" + ext + "]\ndefaultTest: {vars: {list: [{c: 1, d: ['{{x}}']}, {e: {f: " +
					"g}}]}}\ntests: [{vars: {input: a, x: b}}]"),
				"p" + ext: data,
			}, "c.yaml")
		}
	})
}

func TestDiskStaysInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner")
	require.NoError(t, os.MkdirAll(filepath.Join(inner, "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(inner, "sub", "a.txt"), []byte("a"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(dir, "secret"), filepath.Join(inner, "link")))
	disk, err := importer.OpenDisk(inner)
	require.NoError(t, err)
	t.Cleanup(func() { _ = disk.Close() })
	for _, name := range []string{"../secret", "link", "/etc/passwd", "sub/../../secret"} {
		_, err := disk.Read(name)
		require.EqualError(t, err, "it lies outside of the directory that is imported from", name)
	}
	_, err = disk.Read("sub")
	require.EqualError(t, err, "it is a directory")
	_, err = disk.Read("none")
	require.EqualError(t, err, "no such file or directory")
	found, err := disk.Glob("sub/*.txt")
	require.NoError(t, err)
	require.Equal(t, []string{"sub/a.txt"}, found)
	found, err = disk.Glob("../*")
	require.NoError(t, err)
	require.Empty(t, found)
}
