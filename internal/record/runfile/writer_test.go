package runfile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want, err := decode(schema1(t), runfile.Full)
	require.NoError(t, err)
	w, err := runfile.Create(filepath.Join(t.TempDir(), "made", "here"), want.Header)
	require.NoError(t, err)
	for _, c := range want.Cases {
		require.NoError(t, w.Case(c))
	}
	for _, c := range want.Calls {
		require.NoError(t, w.Call(c))
	}
	for _, tr := range want.Trials {
		require.NoError(t, w.Trial(tr))
	}
	require.NoError(t, w.Close(*want.End))

	got, err := runfile.Load(w.Path(), runfile.Full)
	require.NoError(t, err)
	require.Equal(t, w.Path(), got.Path)
	got.Path = ""
	require.Equal(t, shape(want), shape(got))
	h, err := runfile.ReadHeader(w.Path())
	require.NoError(t, err)
	require.Equal(t, want.Header, h)
}

func TestLinesAreAsDocumented(t *testing.T) {
	t.Parallel()
	path := record(t, t.TempDir(), header("r", key("a")), answered(key("1"), "A<B & \"인용\" 👨‍👩‍👧\u2028끝", noon))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	require.Len(t, lines, 3)
	for i, kind := range []string{"header", "call", "end"} {
		require.True(t, json.Valid([]byte(lines[i])))
		require.True(t, strings.HasPrefix(lines[i], `{"kind":"`+kind+`"`), "the kind stands first: %.40s", lines[i])
	}
	require.Contains(t, lines[1], `A<B & \"인용\" 👨‍👩‍👧`)
}

func TestOneWriterPerFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := runfile.Create(dir, header("r", key("a")))
	require.NoError(t, err)
	_, err = runfile.Create(dir, header("r", key("a")))
	require.ErrorContains(t, err, "written by another process")
	require.NoError(t, w.Close(runfile.End{Status: runfile.Complete}))
	_, err = runfile.Create(dir, header("r", key("a")))
	require.ErrorIs(t, err, os.ErrExist, "a run is never written over")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no lock stays behind")
	for _, id := range []string{"", "../r", "a/b"} {
		_, err = runfile.Create(dir, header(id, key("a")))
		require.ErrorContains(t, err, "no run id")
	}
}

func TestCreateSaysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "runs")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := runfile.Create(file, header("r", key("a")))
	require.EqualError(t, err, "the runs directory "+file+" is a file; name a directory with --runs")
	_, err = runfile.Create(filepath.Join(file, "deeper"), header("r", key("a")))
	require.ErrorContains(t, err, "making the runs directory "+filepath.Join(file, "deeper"))
	require.ErrorContains(t, err, "; name another with --runs")
}

func TestNothingIsWrittenAfterAFailure(t *testing.T) {
	t.Parallel()
	w, err := runfile.Create(t.TempDir(), header("r", key("a")))
	require.NoError(t, err)
	broken := graders.Spec{Params: json.RawMessage(`{`)}
	h := header("s", key("a"))
	h.Graders = []graders.Spec{broken}
	dir := t.TempDir()
	_, err = runfile.Create(dir, h)
	require.ErrorContains(t, err, "encoding a record")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries, "a file without a header is no run")

	require.NoError(t, w.Close(runfile.End{Status: runfile.Complete}))
	require.Error(t, w.Trial(runfile.Trial{}), "the file is closed")
}

// Many goroutines write two files at once; every line comes out whole.
func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const workers, each = 8, 50
	var all sync.WaitGroup
	for _, run := range []string{"a", "b"} {
		w, err := runfile.Create(dir, header(run, key(run)))
		require.NoError(t, err)
		var wg sync.WaitGroup
		errs := make(chan error, workers*each+1)
		for i := range workers {
			wg.Go(func() {
				for k := range each {
					c := answered(fmt.Sprintf("%064x", i*each+k), strings.Repeat(run, 1000), noon)
					c.Case = fmt.Sprintf("%d-%d", i, k)
					errs <- w.Call(c)
				}
			})
		}
		all.Go(func() {
			wg.Wait()
			errs <- w.Close(runfile.End{Status: runfile.Complete})
			close(errs)
		})
		t.Cleanup(func() {
			for err := range errs {
				require.NoError(t, err)
			}
		})
	}
	all.Wait()
	for _, run := range []string{"a", "b"} {
		loaded, err := runfile.Load(filepath.Join(dir, run+runfile.Ext), runfile.Full)
		require.NoError(t, err)
		require.Len(t, loaded.Calls, workers*each)
		for _, c := range loaded.Calls {
			require.Equal(t, strings.Repeat(run, 1000), c.Reply)
		}
	}
}

// A reader may look at a run that is still being written.
func TestReadWhileWritten(t *testing.T) {
	t.Parallel()
	w, err := runfile.Create(t.TempDir(), header("r", key("a")))
	require.NoError(t, err)
	require.NoError(t, w.Case(runfile.Case{Case: "치과"}))
	require.NoError(t, w.Trial(runfile.Trial{Case: "치과", Trial: 1}))
	run, err := runfile.Load(w.Path(), runfile.Full)
	require.NoError(t, err)
	require.Len(t, run.Cases, 1)
	require.Equal(t, runfile.Incomplete, run.Status())
	require.NoError(t, w.Close(runfile.End{Status: runfile.Interrupted, Reason: "interrupted"}))
	run, err = runfile.Load(w.Path(), runfile.Full)
	require.NoError(t, err)
	require.Equal(t, runfile.Interrupted, run.Status())
}

func TestNewIDIsASafeFileName(t *testing.T) {
	t.Parallel()
	safe := regexp.MustCompile(`^20261123T120000Z-[A-Za-z0-9._-]+-[A-Za-z0-9._-]+-[0-9a-f]{6}$`)
	for _, name := range []string{
		"v3", "v3@main", "v3@feature/한글", "초안", "", "..", "CON", "a:b*c?\"<>|\\", " v3. ", "org/model:free", "👨‍👩‍👧",
		"\x00\n\x1b[31m", strings.Repeat("긴", 500), strings.Repeat("long-", 500),
	} {
		id := runfile.NewID(noon, name, name)
		require.Regexp(t, safe, id, "from %q", name)
		require.LessOrEqual(t, len(id), 110)
		require.NotContains(t, id, "..-", "a name must not end in a dot: %q", name)
	}
	require.Contains(t, runfile.NewID(noon, "v3", "gemma-3-270m"), "-v3-gemma-3-270m-")
	first, second := runfile.NewID(noon, "v3", "m"), runfile.NewID(noon, "v3", "m")
	require.NotEqual(t, first, second)
}

func TestZeroParametersAreKept(t *testing.T) {
	t.Parallel()
	zero := 0.0
	h := header("r", key("a"))
	h.Model.Params = params.Params{Temperature: &zero}
	got, err := runfile.ReadHeader(record(t, t.TempDir(), h))
	require.NoError(t, err)
	require.Equal(t, &zero, got.Model.Params.Temperature)
}
