package job_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/testing/fakeopenai"
)

// The test starts itself anew with these variables set, and kills what it
// started.
const (
	killBase = "PROMPTBENCH_TEST_KILL_BASE" // the server's base URL
	killDir  = "PROMPTBENCH_TEST_KILL_DIR"  // the project
)

// How much is run and killed.
const (
	killCases   = 60
	killWorkers = 8
)

// The moments at which a kill falls. The process names each of its own before it
// comes, and waits until the test lets it go on.
const (
	whileCalling = "call"
	whileWriting = "write"
	whileSyncing = "sync"
	whileClosing = "close"
)

// Fifty times a run is killed at a random moment, and started again until one is
// finished. No acknowledged trial is lost, no case is there twice, and no more than
// the calls that were under way are made again.
func TestKills(t *testing.T) {
	if base := os.Getenv(killBase); base != "" {
		runToBeKilled(t, base, os.Getenv(killDir))
		return
	}
	t.Parallel()
	kills := 50
	if testing.Short() {
		kills = 5
	}
	k := &killing{t: t, random: rand.New(rand.NewPCG(13, 0)), fell: map[string]int{}}
	k.server = fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		k.saw(whileCalling)
		return fakeopenai.Text(fmt.Sprintf(`{"type":"question","items":["언제? %d"]}`, r.Number))
	})
	t.Cleanup(k.server.Close)
	for k.kills < kills {
		k.chain(kills)
	}
	t.Logf("%d kills: %v; %d left a torn line", k.kills, k.fell, k.torn)
}

// A killing starts runs and kills them.
type killing struct {
	t       *testing.T
	random  *rand.Rand
	server  *fakeopenai.Server
	started int // processes
	kills   int
	fell    map[string]int // by the moment at which the kill fell
	torn    int

	mu     sync.Mutex
	moment string // of the process at hand, at which it is to be killed
	left   int    // as many moments later
	before bool   // the moment, else while the process goes on with it
	kill   func()
}

// saw takes note of a moment, and kills the process if this is the one: before it
// lets the process go on, or right after.
func (k *killing) saw(moment string, goOn ...func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	falls := false
	if k.kill != nil && moment == k.moment {
		k.left--
		falls = k.left == 0
	}
	if falls && k.before {
		k.kill()
	}
	for _, do := range goOn {
		do()
	}
	if falls && !k.before {
		k.kill()
	}
}

// chain runs one suite until a run of it is finished, killing at most until so
// many kills were made in all.
func (k *killing) chain(most int) {
	dir := k.t.TempDir()
	writeKillProject(k.t, dir)
	asked := len(k.server.Requests())
	acknowledged := map[string]string{} // case → reply
	killed := 0
	for {
		p := k.start(dir, killCases-len(acknowledged), k.kills < most)
		run, torn := readKilled(k.t, p.path)
		for id, reply := range p.acknowledged {
			require.Contains(k.t, run, id, "%s was acknowledged and is lost", id)
			require.Equal(k.t, reply, run[id])
			if first, ok := acknowledged[id]; ok {
				require.Equal(k.t, first, reply, "%s was acknowledged, and asked again", id)
			}
			acknowledged[id] = reply
		}
		made := 0
		for _, line := range readLines(k.t, p.path) {
			if line.Kind == runfile.KindCall && line.ReplayedFrom == "" {
				made++
			}
		}
		require.LessOrEqual(k.t, k.asked(k.started)-made, killWorkers, "more calls were lost than were under way")
		if p.finished {
			break
		}
		k.kills++
		killed++
		k.fell[p.moment]++
		if torn {
			k.torn++
		}
	}
	k.finish(dir, acknowledged, len(k.server.Requests())-asked, killed)
}

// base is the server's base URL for one process, so that its requests can be told
// from those that a killed one left in the network.
func (k *killing) base(process int) string { return fmt.Sprintf("%s/%d", k.server.URL(), process) }

// asked is how many requests of a process have arrived.
func (k *killing) asked(process int) int {
	n := 0
	for _, r := range k.server.Requests() {
		if strings.HasPrefix(r.Path, fmt.Sprintf("/v1/%d/", process)) {
			n++
		}
	}
	return n
}

// finish looks at what a chain came to.
func (k *killing) finish(dir string, acknowledged map[string]string, asked, killed int) {
	require.LessOrEqual(k.t, asked, killCases+killed*killWorkers)
	found, err := runfile.Find(filepath.Join(dir, "runs"), func(runfile.Header) bool { return true })
	require.NoError(k.t, err)
	whole := slices.IndexFunc(found, func(f runfile.Found) bool { return f.Status == runfile.Complete })
	require.GreaterOrEqual(k.t, whole, 0)
	run, err := runfile.Load(found[whole].Path, runfile.Full)
	require.NoError(k.t, err)
	require.Equal(k.t, runfile.Complete, run.Status())
	require.Len(k.t, run.Trials, killCases)
	require.Equal(k.t, killCases, run.End.Calls+run.End.Replayed)
	for _, c := range run.Calls {
		if reply, ok := acknowledged[c.Case]; ok {
			require.Equal(k.t, reply, c.Reply, "%s was acknowledged, and asked again", c.Case)
		}
	}
	for _, f := range found {
		if f.Path == run.Path {
			continue
		}
		loaded, err := runfile.Load(f.Path, runfile.Full)
		require.NoError(k.t, err)
		require.False(k.t, loaded.Torn, "%s was not repaired", f.Path)
	}
}

// A process is a run that has ended, by itself or killed.
type process struct {
	path         string // of its run file; empty where it was killed before
	acknowledged map[string]string
	finished     bool
	moment       string   // at which it was killed
	said         []string // beside that, such as why it failed
}

// start runs the project in dir in a process of its own, and kills it at a random
// moment, or never.
func (k *killing) start(dir string, missing int, kill bool) process {
	k.t.Helper()
	p := process{acknowledged: map[string]string{}}
	cmd := exec.CommandContext(k.t.Context(), os.Args[0], "-test.run=^TestKills$")
	k.started++
	cmd.Env = append(os.Environ(), killBase+"="+k.base(k.started), killDir+"="+dir)
	stdout, err := cmd.StdoutPipe()
	require.NoError(k.t, err)
	stdin, err := cmd.StdinPipe()
	require.NoError(k.t, err)
	k.mu.Lock()
	if kill {
		moments := []string{whileCalling, whileWriting, whileSyncing, whileClosing}
		p.moment = moments[k.random.IntN(len(moments))]
		k.moment, k.left = p.moment, 1
		if p.moment != whileClosing && missing > 1 {
			k.left += k.random.IntN(missing)
		}
		k.before = k.random.IntN(2) == 0
		k.kill = func() { _ = cmd.Process.Kill() }
	}
	require.NoError(k.t, cmd.Start())
	k.mu.Unlock()
	k.read(stdout, stdin, &p)
	err = cmd.Wait()
	k.mu.Lock()
	k.kill = nil
	k.mu.Unlock()
	if !p.finished {
		require.Error(k.t, err)
		require.Equal(k.t, -1, cmd.ProcessState.ExitCode(), "it ended by itself: %s", strings.Join(p.said, "\n"))
	}
	return p
}

// read takes what the process says until its end, and lets it go on.
func (k *killing) read(stdout io.Reader, stdin io.Writer, p *process) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), "\t")
		switch what {
		case "path":
			p.path = rest
		case "acknowledged":
			id, reply, _ := strings.Cut(rest, "\t")
			p.acknowledged[id] = reply
		case "finished":
			p.finished = true
		case whileWriting, whileSyncing, whileClosing:
			k.saw(what, func() { _, _ = io.WriteString(stdin, "\n") }) // a killed process reads no more
		default:
			p.said = append(p.said, lines.Text())
		}
	}
	require.NoError(k.t, lines.Err())
}

// runToBeKilled is the process that is killed.
func runToBeKilled(t *testing.T, base, dir string) {
	t.Helper()
	p, err := project.Load(t.Context(), project.Options{
		Config: filepath.Join(dir, "promptbench.yaml"), Suite: filepath.Join(dir, "cases.yaml"), Runs: filepath.Join(dir, "runs"),
		BaseURL: base, Model: "m",
	}, []string{filepath.Join(dir, "v1.prompt.yml")})
	require.NoError(t, err)
	revisions, err := job.Prepare(t.Context(), p,
		job.Options{Concurrency: killWorkers, Timeout: time.Minute, Started: time.Now()})
	require.NoError(t, err)
	say := func(words ...string) { _, _ = fmt.Fprintln(os.Stdout, strings.Join(words, "\t")) }
	say("path", revisions.Runs[0].Path)
	revisions.Work.Revisions[0].Run = &telling{
		Recorder: revisions.Work.Revisions[0].Run, say: say, answers: bufio.NewReader(os.Stdin),
	}
	revisions.Progress = func(e runner.Event) { say("acknowledged", e.Trial.Case, e.Call.Reply) }
	ends, err := revisions.Run(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, runfile.Complete, ends[0].Status)
	require.NoError(t, revisions.Close())
	say("finished")
}

// A telling recorder says what it is about to do, and waits until it may.
type telling struct {
	runner.Recorder
	say     func(...string)
	mu      sync.Mutex
	answers *bufio.Reader
}

func (r *telling) ask(moment string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.say(moment)
	_, err := r.answers.ReadString('\n')
	return err
}

func (r *telling) Call(c runfile.Call) error {
	return errors.Join(r.ask(whileWriting), r.Recorder.Call(c))
}

func (r *telling) Sync() error { return errors.Join(r.ask(whileSyncing), r.Recorder.Sync()) }

func (r *telling) Close(e runfile.End) error {
	return errors.Join(r.ask(whileClosing), r.Recorder.Close(e))
}

func writeKillProject(t *testing.T, dir string) {
	t.Helper()
	var cases strings.Builder
	for i := range killCases {
		fmt.Fprintf(&cases, "  - {id: case-%02d, input: 할 일 %d번 👨‍👩‍👧, expect: {type: question}}\n", i, i)
	}
	for name, text := range map[string]string{
		"promptbench.yaml": "suite: cases.yaml\n",
		"v1.prompt.yml":    "name: v1\nreplyFormat: json\nmessages:\n  - {role: user, content: '{{input}}'}\n",
		"cases.yaml": "suite: kills\nreply:\n  types: [answer, question]\n  json: {type: $.type, items: \"$.items[*]\"}\n" +
			"graders: [case_type]\ncases:\n" + cases.String(),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
}

// A killedLine is what this test needs of a line.
type killedLine struct {
	Kind         string `json:"kind"`
	Case         string `json:"case"`
	Reply        any    `json:"reply"` // a text in a call
	ReplayedFrom string `json:"replayed_from"`
}

// readLines reads the whole lines of a run file, as another program would.
func readLines(t *testing.T, path string) []killedLine {
	t.Helper()
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var out []killedLine
	for line := range bytes.Lines(data[:bytes.LastIndexByte(data, '\n')+1]) {
		var l killedLine
		require.NoError(t, json.Unmarshal(line, &l), "a broken line in the middle: %s", line)
		out = append(out, l)
	}
	return out
}

// readKilled returns the replies of the graded trials by case, and whether the
// last line is torn. No case may stand twice.
func readKilled(t *testing.T, path string) (replies map[string]string, torn bool) {
	t.Helper()
	calls, trials := map[string]string{}, map[string]string{}
	for _, l := range readLines(t, path) {
		switch l.Kind {
		case runfile.KindCall:
			require.NotContains(t, calls, l.Case, "its call stands twice")
			calls[l.Case] = fmt.Sprint(l.Reply)
		case runfile.KindTrial:
			require.NotContains(t, trials, l.Case, "its trial stands twice")
			require.Contains(t, calls, l.Case, "a trial comes after its call")
			trials[l.Case] = calls[l.Case]
		}
	}
	if path != "" {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		torn = len(data) > 0 && data[len(data)-1] != '\n'
	}
	return trials, torn
}
