package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"promptbench/internal/record/label"
	"promptbench/internal/testing/chromium/chromiumtest"
)

// A labelServer is a view that asks somebody.
type labelServer struct {
	cmd          *exec.Cmd
	server, path string // its address
	stderr       *bytes.Buffer
}

func labelProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"runs/recorded", "cases", "prompts"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, part), os.DirFS("../../"+part)))
	}
	config, err := os.ReadFile("../../promptbench.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "promptbench.yaml"), config, 0o600))
	return dir
}

// viewLabelArgs are those of a view in which somebody labels replies of two revisions.
func viewLabelArgs(labeller string, more ...string) []string {
	return append([]string{
		"view", "prompts/v3", "prompts/v4", "--label", labeller, "--suite", "cases/subtodos-judged.yaml", "--no-open",
	}, more...)
}

func startLabels(t *testing.T, dir string, args ...string) *labelServer {
	t.Helper()
	s := &labelServer{cmd: command(t, dir, args...), stderr: &bytes.Buffer{}}
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, s.stderr)
	address, err := url.Parse(strings.TrimSpace(line))
	require.NoError(t, err)
	s.server, s.path = "http://"+address.Host, address.Path
	return s
}

// answered waits until a page has asked for so many answers, and is ready for the next.
func answered(p *chromiumtest.Tab, n int) {
	p.Wait(`html[data-ready] progress[value="` + strconv.Itoa(n) + `"]`)
}

// A person labels 30 replies by keyboard. The server is killed in the middle, and nothing is lost.
func TestBrowserLabelsByKeyboard(t *testing.T) {
	t.Parallel()
	dir := labelProject(t)
	path := filepath.Join(dir, "cases", "labels", "subtodos-judged-kim.jsonl")
	s := startLabels(t, dir, viewLabelArgs("kim", "--model", "qwen")...)
	p := chromiumtest.Visit(t, s.server, s.path)
	answered(p, 0)
	require.Equal(t, "H1", chromiumtest.Eval[string](p, `document.activeElement.tagName`), "a screen reader begins there")
	keys := []string{"y", "n", "?", "ㅛ", "ㅜ"}
	want := []label.Answer{label.Yes, label.No, label.Unsure, label.Yes, label.No}
	var given []label.Answer
	press := func(p *chromiumtest.Tab) {
		if key := keys[len(given)%len(keys)]; len(key) == 1 {
			p.Keys(key)
		} else { // as an input method gives it
			p.Run(`document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "` + key + `", bubbles: true}))`)
		}
		given = append(given, want[len(given)%len(keys)])
		answered(p, len(given))
	}
	for range 13 {
		press(p)
	}
	// Keys in a note are words. An answer that was taken back is asked for again, with its note.
	p.Keys("c")
	p.Write("yes, 그런데 날짜가 없다")
	p.Keys("n")
	p.Keys(kb.Escape)
	p.Keys("y")
	answered(p, 14)
	p.Keys("u")
	answered(p, 13)
	require.Equal(t, "yes, 그런데 날짜가 없다n", chromiumtest.Eval[string](p, `document.querySelector("textarea").value`))
	p.Keys("n")
	given = append(given, label.No)
	answered(p, 14)
	press(p)
	p.Sound()

	// A second tab shows the same question, and may answer an older one again.
	second := chromiumtest.Visit(t, s.server, s.path)
	answered(second, 15)
	heading := `document.querySelector("input[name=q]").value`
	require.Equal(t, chromiumtest.Eval[string](p, heading), chromiumtest.Eval[string](second, heading))
	press(p)
	second.Keys("n")
	answered(second, 16)
	given[15] = label.No

	require.NoError(t, s.cmd.Process.Kill())
	require.Error(t, s.cmd.Wait())
	asked := chromiumtest.Eval[string](p, heading)
	p.Keys("y")
	p.Wait("#unsaved:not(:empty)")
	require.Contains(t, chromiumtest.Eval[string](p, `document.getElementById("unsaved").textContent`), "Not saved")
	require.Equal(t, asked, chromiumtest.Eval[string](p, heading), "the question stays")
	labels, err := label.Read(path)
	require.NoError(t, err)
	require.Len(t, label.Latest(labels), 16)

	s = startLabels(t, dir, viewLabelArgs("kim", "--model", "qwen")...)
	p = chromiumtest.Visit(t, s.server, s.path)
	answered(p, 16)
	require.Equal(t, asked, chromiumtest.Eval[string](p, heading), "and is asked again")
	for len(given) < 30 {
		press(p)
	}
	p.Sound()

	// Nobody else writes there meanwhile.
	for name, why := range map[string]string{"kim": "another promptbench writes these labels", "kim?": `has the labels of "kim"`} {
		other := command(t, dir, viewLabelArgs(name, "--model", "qwen")...)
		out, err := other.CombinedOutput()
		require.Equal(t, exitUsage, exitCode(t, err), name)
		require.Contains(t, string(out), why)
	}
	for name, c := range map[string]struct{ path, origin string }{
		"a foreign origin": {s.path + "answer", "https://evil.example"}, "no token": {"/answer", s.server},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server+c.path,
			strings.NewReader(url.Values{"q": {asked}, "answer": {"no"}}.Encode()))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", c.origin)
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusForbidden, response.StatusCode, name)
	}
	skipWithoutInterrupts(t)
	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, s.cmd.Wait())
	require.Regexp(t, `30 of \d+ questions answered; cases/labels/subtodos-judged-kim.jsonl`, s.stderr.String())

	labels, err = label.Read(path)
	require.NoError(t, err)
	var kept []label.Answer
	for _, l := range label.Latest(labels) {
		kept = append(kept, l.Answer)
	}
	require.Equal(t, given, kept, "in the order of the keys")

	// The terminal goes on where the browser stopped.
	cmd := command(t, dir, "judge", "label", "prompts/v3", "prompts/v4", "--model", "qwen", "--labeller", "kim",
		"--suite", "cases/subtodos-judged.yaml")
	cmd.Stdin = strings.NewReader("yq")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "── 31 of ")
	require.Regexp(t, `31 of \d+ questions answered`, string(out))
}

// Proposed cases are labelled in the browser, and fill puts the labels into the file.
func TestViewLabelsProposedCases(t *testing.T) {
	t.Parallel()
	skipWithoutInterrupts(t)
	dir := labelProject(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "proposed.yaml"), []byte("suite: proposed\nextends: cases/subtodos.yaml\ncases:\n"+
		"  - {id: a, input: 견적서 보내기, expect: {type: TODO}, note: n}\n  - id: b\n    input: 아무 말\n    expect:\n      type: TODO\n"+
		"  - {id: c, input: 월세 내기, expect: {type: answer}}\n"), 0o600))
	s := startLabels(t, dir, "view", "--label", "kim", "--proposed", "proposed.yaml", "--no-open")
	post := func(target, form string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server+s.path+target, strings.NewReader(form))
		require.NoError(t, err)
		for name, value := range map[string]string{
			"Origin": s.server, "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
		} {
			r.Header.Set(name, value)
		}
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(body)
	}
	_, body := get(t, s.server+s.path)
	require.Contains(t, body, "Case 1 of 2", "those with a type are not asked about, and there are no questions about replies")
	require.Contains(t, post("case", "case=a&answer=accept&type=nothing"), "error")
	require.Contains(t, post("case", "case=b&answer=drop"), "cases")
	require.Contains(t, post("undo-case", ""), "cases?case=b")
	require.Contains(t, post("case", "case=a&answer=accept&type=question&min=1&max=3"), "cases")
	_, body = get(t, s.server+s.path)
	require.Contains(t, body, "아무 말")
	require.Contains(t, post("case", "case=b&answer=accept&type=invalid"), "cases")
	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, s.cmd.Wait())
	require.Contains(t, s.stderr.String(), "2 of 2 proposed cases labelled; cases/labels/subtodos-kim.jsonl")

	out, err := command(t, dir, "cases", "fill", "proposed.yaml").Output()
	require.NoError(t, err)
	require.Equal(t, "suite: proposed\nextends: cases/subtodos.yaml\ncases:\n"+
		"  - {id: a, input: 견적서 보내기, expect: {type: question, count: {min: 1, max: 3}}, note: n}\n"+
		"  - id: b\n    input: 아무 말\n    expect:\n      type: invalid\n"+
		"  - {id: c, input: 월세 내기, expect: {type: answer}}\n", string(out))
}
