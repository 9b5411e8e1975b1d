package importer_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/importer"
)

var update = flag.Bool("update", false, "rewrite what the imports of testdata give")

// memory is the files of a source in memory.
type memory map[string][]byte

func (m memory) Read(name string) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, errors.New("it lies outside")
	}
	data, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

func (m memory) Glob(pattern string) ([]string, error) {
	files := fstest.MapFS{}
	for name, data := range m {
		files[name] = &fstest.MapFile{Data: data}
	}
	return importer.Glob(files, pattern)
}

// TestImport imports the files under in/ in each archive. The first line of its
// comment names the source, the rest describes the test. The files under out/ are
// the expected result, the file left lists what cannot be converted.
func TestImport(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, file := range archives {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			source, _, _ := strings.Cut(string(archive.Comment), "\n")
			files, want := memory{}, map[string]string{}
			kept := archive.Files[:0:0]
			for _, f := range archive.Files {
				if name, ok := strings.CutPrefix(f.Name, "in/"); ok {
					files[name] = f.Data
					kept = append(kept, f)
					continue
				}
				want[f.Name] = string(f.Data)
			}
			got := map[string]string{}
			var order []string
			add := func(name, data string) {
				got[name] = data
				order = append(order, name)
			}
			r, probs := importer.Import(files, source, importer.Options{Source: "../.."})
			if r == nil {
				add("problems", probs.Error()+"\n")
			} else {
				for _, f := range r.Files {
					if ext := path.Ext(f.Path); ext != ".py" && ext != ".cjs" {
						add("out/"+f.Path, string(f.Data))
					}
				}
				if len(r.Notes) > 0 {
					add("notes", strings.Join(append(importer.Group(r.Notes), ""), "\n"))
				}
				add("left", strings.Join(append(importer.Group(r.Left), ""), "\n"))
				requireLoads(t, r, files)
			}
			if *update {
				for _, name := range order {
					kept = append(kept, txtar.File{Name: name, Data: []byte(got[name])})
				}
				archive.Files = kept
				require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o600))
				return
			}
			require.Equal(t, want, got)
		})
	}
}

// requireLoads holds a result to what a run asks of it. The project is the
// directory out of the one that the sources stand in.
func requireLoads(tb testing.TB, r *importer.Result, sources memory) {
	tb.Helper()
	top := tb.TempDir()
	dir := filepath.Join(top, "out")
	write := func(name string, data []byte) {
		require.NoError(tb, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(tb, os.WriteFile(name, data, 0o600))
	}
	for name, data := range sources {
		write(filepath.Join(top, filepath.FromSlash(name)), data)
	}
	for _, f := range r.Files {
		write(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Data)
	}
	s, probs := suite.Load(filepath.Join(dir, filepath.FromSlash(r.Suite)))
	require.NoError(tb, probs.Err())
	require.NotZero(tb, s.Len())
	for _, name := range r.Prompts {
		p, probs := prompt.Load(tb.Context(), filepath.Join(dir, filepath.FromSlash(name)))
		require.NoError(tb, probs.Err())
		require.NoError(tb, p.CheckVars(s.VarNames()).Err())
	}
}
