package job_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/testing/fakeopenai"
)

// Three revisions: v1 is the base, v2 breaks everything, and v3 changes nothing. v2
// stops early, and nothing beyond its look is asked. The base goes on with v3, whose
// verdict needs all of so few cases.
func TestUntilDecided(t *testing.T) {
	t.Parallel()
	server := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		kind := "question"
		if strings.HasPrefix(r.Input(), "v2") {
			kind = "answer"
		}
		return fakeopenai.Text(fmt.Sprintf(`{"type":%q,"items":["언제?"]}`, kind))
	})
	t.Cleanup(server.Close)
	dir := t.TempDir()
	writeKillProject(t, dir)
	suite := filepath.Join(dir, "cases.yaml")
	text, err := os.ReadFile(suite)
	require.NoError(t, err)
	for i := range 60 {
		text = fmt.Appendf(text, "  - {id: more-%02d, input: 다른 일 %d번, expect: {type: question}}\n", i, i)
	}
	require.NoError(t, os.WriteFile(suite, text, 0o600))
	var prompts []string
	for _, name := range []string{"v1", "v2", "v3"} {
		path := filepath.Join(dir, name+".prompt.yml")
		prompt := fmt.Sprintf("name: %[1]s\nreplyFormat: json\nmessages:\n  - {role: user, content: '%[1]s {{input}}'}\n", name)
		require.NoError(t, os.WriteFile(path, []byte(prompt), 0o600))
		prompts = append(prompts, path)
	}
	var first []runfile.End
	for _, offline := range []bool{false, true} {
		p, err := project.Load(t.Context(), project.Options{
			Config: filepath.Join(dir, "promptbench.yaml"), Suite: suite, Runs: filepath.Join(dir, "runs"),
			BaseURL: server.URL(), Model: "m",
		}, prompts)
		require.NoError(t, err)
		var notes []string
		revisions, err := job.Prepare(t.Context(), p, job.Options{
			Concurrency: 8, Timeout: time.Minute, Started: time.Now(), Offline: offline, Until: &job.Until{},
			Note: func(text string) { notes = append(notes, text) },
		})
		require.NoError(t, err)
		require.Equal(t, []string{"from 10% on it may stop"}, revisions.Outlook())
		ends, err := revisions.Run(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, revisions.Close())
		require.Len(t, ends, 3)
		for i, end := range ends {
			require.Equal(t, runfile.Complete, end.Status)
			run, err := runfile.Load(revisions.Runs[i].Path, runfile.Scores)
			require.NoError(t, err)
			require.Equal(t, runfile.Complete, run.Status())
			require.Len(t, run.Cases, end.Trials, "no case is begun beyond the look")
			require.Equal(t, 120, run.Header.Cases)
		}
		broken := ends[1].Decided
		require.Equal(t, "regressed", broken.Verdict)
		require.Equal(t, []string{"case_type"}, broken.Graders)
		require.Less(t, broken.Cases, 40)
		require.Equal(t, broken.Cases, ends[1].Trials)
		require.NotEmpty(t, notes)
		require.Equal(t, fmt.Sprintf("v2: regressed, decided after %d of 120 cases (%d%%)", broken.Cases, broken.Cases*100/120),
			notes[0])
		require.Nil(t, ends[2].Decided)
		require.Nil(t, ends[0].Decided, "it is the base of v3, too")
		require.Equal(t, []int{120, 120}, []int{ends[0].Trials, ends[2].Trials})
		if !offline {
			first = slices.Clone(ends)
			require.Len(t, server.Requests(), ends[0].Trials+ends[1].Trials+ends[2].Trials)
			continue
		}
		for i, end := range ends {
			require.Zero(t, end.Calls)
			require.Equal(t, first[i].Trials, end.Trials)
		}
	}
}
