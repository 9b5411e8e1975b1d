package improve_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/improve"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/testing/fakeopenai"
	"promptbench/internal/verdict/search"
)

const (
	cases   = 90
	workers = 4
)

// input is what a case asks. A word of it is found in no other text.
func input(i int) string { return fmt.Sprintf("uniqueinput%03d of a person", i) }

// write makes a project: half of the cases expect an answer, half a question.
func write(t *testing.T, dir, seal string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("suite: s\n" + seal + "reply:\n  types: [answer, question]\n" +
		"  json: {type: $.type, items: '$.items[*]'}\ngraders: [case_type]\ncases:\n")
	for i := range cases {
		fmt.Fprintf(&b, "  - {id: c%03d, input: %s, expect: {type: %s}}\n", i, input(i), []string{"answer", "question"}[i%2])
	}
	for name, text := range map[string]string{
		"cases.yaml":       b.String(),
		"v1.prompt.yml":    file("level0"),
		"promptbench.yaml": "models:\n  m: {base_url: URL, model: m}\n  ed: {base_url: URL, model: ed}\neditor: ed\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
}

func file(level string) string {
	return "description: says " + level + "\nmessages:\n  - {role: system, content: " + level +
		"}\n  - {role: user, content: '{{input}}'}\n"
}

// world answers as the model and as the editor. With level n, a prompt gets n in ten more of the cases right.
type world struct {
	server *fakeopenai.Server
	edit   func(request string, number int) string

	mu     sync.Mutex
	asked  map[string]int // requests, by their text
	edited []string       // requests to the editor
	system []string       // the system messages before them
	onCall func(number int)
}

func newWorld(t *testing.T, edit func(request string, number int) string) *world {
	t.Helper()
	w := &world{edit: edit, asked: map[string]int{}}
	w.server = fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		w.mu.Lock()
		defer w.mu.Unlock()
		system, text := r.Messages[0].Content, r.Messages[len(r.Messages)-1].Content
		w.asked[system+"\x00"+text]++
		if w.onCall != nil {
			w.onCall(r.Number)
		}
		if r.Model == "ed" {
			w.edited, w.system = append(w.edited, text), append(w.system, system)
			return fakeopenai.Text(w.edit(text, len(w.edited)))
		}
		var level, i int
		_, err := fmt.Sscanf(system, "level%d", &level)
		if err == nil {
			_, err = fmt.Sscanf(text, "uniqueinput%d", &i)
		}
		if err != nil {
			return fakeopenai.Text("unreadable")
		}
		if isWrong := (i/2)%10 >= 5+level; isWrong {
			i++
		}
		return fakeopenai.Text(fmt.Sprintf(`{"type": %q, "items": ["x"]}`, []string{"answer", "question"}[i%2]))
	})
	t.Cleanup(w.server.Close)
	return w
}

// run searches in a project.
func run(ctx context.Context, dir, url string, settings search.Settings, most *int) (search.Result, error) {
	config, err := os.ReadFile(filepath.Join(dir, "promptbench.yaml"))
	if err == nil {
		config = []byte(strings.ReplaceAll(string(config), "URL", url))
		err = os.WriteFile(filepath.Join(dir, "promptbench.yaml"), config, 0o600)
	}
	if err != nil {
		return search.Result{}, err
	}
	p, err := project.Load(ctx, project.Options{
		Config: filepath.Join(dir, "promptbench.yaml"), Suite: filepath.Join(dir, "cases.yaml"),
		Runs: filepath.Join(dir, "runs"), Model: "m",
	}, []string{filepath.Join(dir, "v1.prompt.yml")})
	if err != nil {
		return search.Result{}, err
	}
	s, err := improve.Open(ctx, p, improve.Options{
		Job: job.Options{Concurrency: workers, Timeout: time.Minute, MaxCalls: most}, Settings: settings,
		Drive: func(r *job.Revisions) error {
			ends, err := r.Run(ctx, nil)
			for _, end := range ends {
				if end.Status != runfile.Complete {
					err = errors.Join(err, editor.ErrUnfinished)
				}
			}
			return errors.Join(err, r.Close())
		},
	})
	if err != nil {
		return search.Result{}, err
	}
	return s.Run(ctx)
}

func small() search.Settings { return search.Settings{Rounds: 2, Edits: 3, Keep: 2, Margin: 0.05} }

// edits are revisions: each adds a level to that of the prompt that it is of, but for some, which are no prompt.
func edits(request string, _ int) string {
	if len(request)%3 == 1 && !strings.Contains(request, "Your last answer is no valid prompt file") {
		return "I would rather talk about it."
	}
	level := 0
	for n := range 9 {
		if strings.Contains(request, fmt.Sprintf("content: level%d", n)) {
			level = max(level, n)
		}
	}
	return "```yaml\n" + file(fmt.Sprintf("level%d number%d", level+2, len(request))) + "```\n"
}

// A search finds what helps, writes it, says so, and costs nothing the second time. The editor sees no sealed case.
func TestSearch(t *testing.T) {
	t.Parallel()
	for name, seal := range map[string]string{"sealed": "sealed: 40%\n", "held out": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, w := t.TempDir(), newWorld(t, edits)
			write(t, dir, seal)
			r, err := run(t.Context(), dir, w.server.URL(), small(), nil)
			require.NoError(t, err)
			require.True(t, r.Found, "%+v", r)
			require.Equal(t, seal == "", r.HeldOut)
			require.Equal(t, cases, r.Open+r.Sealed)
			require.Equal(t, filepath.ToSlash(filepath.Join(dir, "v2.prompt.yml")), r.Prompt)
			written, probs := prompt.Load(t.Context(), r.Prompt)
			require.NoError(t, probs.Err())
			require.Contains(t, written.Description, "From v1 by promptbench improve with ed, the best of ")
			require.NotEmpty(t, r.Changes)

			p, err := project.Load(t.Context(), project.Options{
				Config: filepath.Join(dir, "promptbench.yaml"), Suite: filepath.Join(dir, "cases.yaml"),
				Runs: filepath.Join(dir, "runs"),
			}, nil)
			require.NoError(t, err)
			if seal == "" {
				require.NoError(t, p.Suite.Seal(0.3))
			}
			require.NotEmpty(t, w.edited)
			seen := 0
			for _, request := range w.edited {
				for c, err := range p.Suite.All() {
					require.NoError(t, err)
					has := strings.Contains(request, strings.Fields(c.Input)[0])
					require.False(t, has && p.Suite.IsSealed(c.ID), "the sealed case %s in a request to the editor", c.ID)
					seen += map[bool]int{true: 1}[has]
				}
			}
			require.NotZero(t, seen, "it sees cases that are not sealed")
			require.NotContains(t, strings.Join(w.system, ""), "<rules_of_the_suite>", "the request is sent once")
			require.Contains(t, w.system[0], "the placeholder {{input}}")

			asked := len(w.server.Requests())
			again, err := run(t.Context(), dir, w.server.URL(), small(), nil)
			require.NoError(t, err)
			require.Len(t, w.server.Requests(), asked, "everything is replayed")
			require.Zero(t, again.Made)
			again.Made, again.Comparison = r.Made, r.Comparison
			require.Equal(t, r, again)
		})
	}
}

// Edits that change nothing, broken ones and repetitions of the base come to no candidate that is called better.
func TestSearchWithoutEffect(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWorld(t, func(request string, number int) string {
		switch number % 3 {
		case 0:
			return file("level0")
		case 1:
			return "messages: [{role: user, content: without a place}]"
		}
		return file(fmt.Sprintf("level0 number%d", len(request)))
	})
	write(t, dir, "sealed: 40%\n")
	r, err := run(t.Context(), dir, w.server.URL(), small(), nil)
	require.NoError(t, err)
	require.False(t, r.Found)
	require.Nil(t, r.Verdict)
	require.NotZero(t, r.Dropped)
	require.NotZero(t, r.Tries)
}

// The limit holds for the whole search, whatever is replayed of it, and leaves enough for the sealed cases.
func TestSearchWithinItsCalls(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWorld(t, edits)
	write(t, dir, "sealed: 40%\n")
	for _, most := range []int{250, 170} { // the second one ends the first race early: its best candidate meets the base
		before := len(w.server.Requests())
		r, err := run(t.Context(), dir, w.server.URL(), small(), &most)
		require.NoError(t, err)
		require.NotEmpty(t, r.Stopped)
		require.NotNil(t, r.Verdict)
		require.LessOrEqual(t, r.Calls, most)
		require.LessOrEqual(t, len(w.server.Requests())-before, most)
		asked := len(w.server.Requests())
		again, err := run(t.Context(), dir, w.server.URL(), small(), &most)
		require.NoError(t, err)
		require.Len(t, w.server.Requests(), asked)
		require.Equal(t, r.Prompt, again.Prompt)
		require.Equal(t, r.Rounds, again.Rounds)
	}
	few := 20
	_, err := run(t.Context(), t.TempDir(), w.server.URL(), small(), &few)
	require.Error(t, err)
}

const (
	killURL = "PROMPTBENCH_TEST_IMPROVE_URL"
	killDir = "PROMPTBENCH_TEST_IMPROVE_DIR"
)

// Twenty times a search is killed at a random call, and started again until it ends. It ends as one that was not
// killed, and no more than the calls in flight are made again.
func TestSearchSurvivesKills(t *testing.T) {
	if url := os.Getenv(killURL); url != "" {
		_, err := run(t.Context(), os.Getenv(killDir), url, small(), nil)
		require.NoError(t, err)
		return
	}
	t.Parallel()
	plain, first := t.TempDir(), newWorld(t, edits)
	write(t, plain, "sealed: 40%\n")
	want, err := run(t.Context(), plain, first.server.URL(), small(), nil)
	require.NoError(t, err)

	dir, w := t.TempDir(), newWorld(t, edits)
	write(t, dir, "sealed: 40%\n")
	r, kills := rand.New(rand.NewPCG(18, 0)), 0
	for ended := false; !ended; {
		killed, kill := context.WithCancel(t.Context())
		cmd := exec.CommandContext(killed, os.Args[0], "-test.run=^TestSearchSurvivesKills$")
		cmd.Env = append(os.Environ(), killURL+"="+w.server.URL(), killDir+"="+dir)
		left := 1 + r.IntN(len(first.server.Requests())/15)
		w.mu.Lock()
		w.onCall = func(int) {
			if left--; left == 0 && kills < 20 {
				kills++
				kill()
			}
		}
		w.mu.Unlock()
		out, err := cmd.CombinedOutput()
		kill()
		ended = err == nil
		w.mu.Lock()
		require.True(t, ended || left <= 0, "%s", out)
		w.mu.Unlock()
	}
	require.Equal(t, 20, kills)
	got, err := run(t.Context(), dir, w.server.URL(), small(), nil)
	require.NoError(t, err)
	require.Zero(t, got.Made, "it had ended")
	require.Equal(t, want.Tries, got.Tries)
	require.Equal(t, want.Verdict, got.Verdict)
	repeated := 0
	for _, n := range w.asked {
		repeated += n - 1
	}
	require.LessOrEqual(t, repeated, kills*(workers+1))
}
