package command_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/command"
	"promptbench/graders/reply"
)

func played(t *testing.T, how string, change ...func(*command.Options)) *command.Grader {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	o := command.Options{
		Name: "tone", Run: []string{self}, Env: append(os.Environ(), play+"="+how, "GORACE=atexit_sleep_ms=0"),
		Timeout: time.Minute,
	}
	for _, c := range change {
		c(&o)
	}
	g, err := command.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func sample(text string, items ...string) graders.Sample {
	return graders.Sample{
		Case: "a", Trial: 1, Reply: reply.Reply{Text: text, Items: items, Format: reply.Text, Untyped: true},
	}
}

func score(t *testing.T, g graders.Grader, s graders.Sample) graders.Score {
	t.Helper()
	scores, err := g.Grade(t.Context(), s)
	require.NoError(t, err)
	require.Len(t, scores, 1)
	require.Equal(t, "tone", scores[0].Grader)
	return scores[0]
}

func TestGrade(t *testing.T) {
	t.Parallel()
	g := played(t, "grader", func(o *command.Options) { o.Params = []byte(`{"run":["x"]}`) })
	require.Equal(t, graders.Spec{Name: "tone", Kind: "command", Version: 1, Params: []byte(`{"run":["x"]}`)}, g.Spec())
	require.NoError(t, g.Start(t.Context()))
	require.Equal(t, "items 1", g.Spec().Says)
	first := score(t, g, sample("pid"))
	require.Equal(
		t, graders.Score{Grader: "tone", Value: new(0.5), Reason: "14 bytes"}, score(t, g, sample("치과 👨‍", "가", "나")),
	)
	require.Equal(t, first, score(t, g, sample("pid")), "the process is kept open")
	long := strings.Repeat("긴 답\n", 1<<18)
	require.Equal(t, fmt.Sprintf("%d bytes", len(long)), score(t, g, sample(long)).Reason)
	require.Equal(t, "unreadable: the reply is empty", score(t, g, graders.Sample{}).Reason)
	require.NoError(t, g.Close())
	require.NoError(t, g.Close())
	require.Empty(t, score(t, g, graders.Sample{}).Unscored)
	_, err := g.Grade(t.Context(), sample("a"))
	require.EqualError(t, err, "grading tone: the grader is closed")
}

// A grader may write its answer before it has read the sample, and both may be
// larger than a pipe.
func TestNoDeadlock(t *testing.T) {
	t.Parallel()
	g := played(t, "answers first")
	for range 3 {
		require.True(t, score(t, g, sample(strings.Repeat("x", 1<<20))).Pass)
	}
}

func TestWhereItRuns(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	g := played(t, "grader", func(o *command.Options) {
		o.Dir = dir
		o.Env = []string{play + "=grader", "SEEN=yes", "GORACE=atexit_sleep_ms=0"}
	})
	require.Equal(t, dir, score(t, g, sample("dir")).Reason)
	require.Equal(t, "yes", score(t, g, sample("env SEEN")).Reason)
	require.False(t, score(t, g, sample("env PATH")).Pass)
}

func TestProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain.txt"), []byte("x"), 0o600))
	for program, want := range map[string]string{
		"promptbench-no-such-program": "there is no program promptbench-no-such-program on the PATH",
		"./none":                      "the program ./none can't be run: no such file or directory",
		"./plain.txt":                 "the program ./plain.txt can't be run: permission denied",
	} {
		require.EqualError(t, command.Look([]string{program}, dir), want)
		g := played(t, "grader", func(o *command.Options) { o.Run, o.Dir = []string{program}, dir })
		require.EqualError(t, g.Start(t.Context()), want)
		require.Equal(t, "the command: "+want, score(t, g, sample("a")).Unscored)
	}
}

func TestProgramThatIsNoGrader(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"no-start": "it does not start as a grader: it ended before it answered (exit status 1); its standard error ends: " +
			"[31mTraceback[0m ⏎ line 1 ⏎ ModuleNotFoundError: No module named '말투'",
		"greets": `it does not start as a grader: it wrote "Loading…", which is no JSON object; standard output is for ` +
			`answers, print the rest to standard error`,
	} {
		require.EqualError(t, played(t, how).Start(t.Context()), want)
	}
}

// One sample is lost to a crash, and no other.
func TestCrash(t *testing.T) {
	t.Parallel()
	g := played(t, "grader")
	before := score(t, g, sample("pid"))
	for range 2 * command.MaxFailures {
		require.Equal(t, graders.Score{
			Grader:   "tone",
			Unscored: "the command: it ended before it answered (exit status 7); its standard error ends: crashing as asked",
			Broken:   true,
		}, score(t, g, sample("crash")))
		require.NotEqual(t, before, score(t, g, sample("pid")))
	}
}

func TestCrashAfterCrash(t *testing.T) {
	t.Parallel()
	g := played(t, "grader")
	for range command.MaxFailures {
		require.NotEmpty(t, score(t, g, sample("crash")).Unscored)
	}
	last := score(t, g, sample("pid"))
	require.Equal(t, "the command: it failed 3 times in a row and is started no more; the last time: "+
		"it ended before it answered (exit status 7); its standard error ends: crashing as asked", last.Unscored)
	require.True(t, last.Broken)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for how, want := range map[string][]string{
		"one": {"", "it ended before it answered (exit status 0)", ""},
		"twice": {
			"",
			`it wrote "{"id":1,"value":0}" after its answer to sample 1; it answers each sample with one line, and prints the ` +
				`rest to standard error`,
			"",
		},
		"debugs": {
			`it wrote "grading", which is no JSON object; standard output is for answers, print the rest to standard error`,
		},
		"wrong": {
			"its answer is wrong: value: expected a number from 0 to 1, found 7",
			"its answer is wrong: value: expected a number from 0 to 1, found 7",
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			g := played(t, how)
			for _, why := range want {
				s := score(t, g, sample("a"))
				if why != "" {
					why = "the command: " + why
				}
				if how == "twice" && why != "" { // the line may still be on its way
					require.Contains(t, s.Unscored, "each sample with one line")
					continue
				}
				require.Equal(t, why, s.Unscored)
				require.Equal(t, why != "" && how != "wrong", s.Broken, "one wrong answer is not a failure of the program")
			}
		})
	}
}

// Of a second line that nothing comes after, the end has to tell.
func TestSecondLineAtTheEnd(t *testing.T) {
	t.Parallel()
	g := played(t, "twice")
	require.True(t, score(t, g, sample("a")).Pass)
	require.ErrorContains(
		t, g.Close(), `the command of grader tone: it wrote "{"id":1,"value":0}" after its answer to sample 1`,
	)
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	g := played(t, "hangs", func(o *command.Options) { o.Timeout = 2 * time.Second })
	require.NoError(t, g.Start(t.Context()))
	require.Equal(
		t, "the command: it did not answer within 2s; it has to write a line for each sample, and flush it",
		score(t, g, sample("hang")).Unscored,
	)
	require.True(t, score(t, g, sample("a")).Pass)
}

func TestAnotherVersionAfterARestart(t *testing.T) {
	t.Parallel()
	g := played(t, "changes")
	require.True(t, score(t, g, sample("a")).Pass)
	require.NotEmpty(t, score(t, g, sample("crash")).Unscored)
	require.Regexp(t, `it says that it is raw \d+ now, and raw \d+ before`, score(t, g, sample("a")).Unscored)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	g := played(t, "hangs")
	require.NoError(t, g.Start(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 3 { // one of them under way, the others waiting
		wait.Go(func() {
			_, err := g.Grade(ctx, sample("hang"))
			if err == nil || !strings.Contains(err.Error(), "context canceled") {
				t.Errorf("%v", err)
			}
		})
	}
	cancel()
	wait.Wait()
	require.True(t, score(t, g, sample("a")).Pass)
}

func TestSeveralProcesses(t *testing.T) {
	t.Parallel()
	g := played(t, "grader", func(o *command.Options) { o.Processes = 3 })
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			text := strings.Repeat("가", i+1)
			scores, err := g.Grade(t.Context(), sample(text))
			if err != nil || scores[0].Reason != fmt.Sprintf("%d bytes", len(text)) {
				t.Errorf("%v %v", scores, err)
			}
		})
	}
	wait.Wait()
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := command.New(command.Options{Name: "format", Run: []string{"a"}})
	require.ErrorContains(t, err, "built-in")
	_, err = command.New(command.Options{Name: "a"})
	require.EqualError(t, err, "run: the command is empty")
}

// BenchmarkGrade is what one sample costs that a program has nothing to do for.
func BenchmarkGrade(b *testing.B) {
	self, err := os.Executable()
	require.NoError(b, err)
	g, err := command.New(command.Options{Name: "tone", Run: []string{self}, Env: append(os.Environ(), play+"=grader")})
	require.NoError(b, err)
	require.NoError(b, g.Start(b.Context()))
	s := sample(strings.Repeat("긴 답\n", 100), "가", "나", "다")
	for b.Loop() {
		if _, err := g.Grade(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, g.Close())
}
