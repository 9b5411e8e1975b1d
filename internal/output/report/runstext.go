package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/record/storage"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

// RunsText lists the newest of the runs found in a directory: each with how it did, by path, what all run files cost on
// disk, and which of them are not listed.
func RunsText(
	w io.Writer, dir string, list, found []storage.Stored, did map[string]compare.Standing, u storage.Usage, o Options,
) error {
	p := &printer{w: w, o: o}
	switch {
	case len(list) == 0 && u.Files > 0:
		p.line("None of the %s in %s matches.", wording.Count(u.Files, "run file"), line(dir))
		return p.err
	case len(list) == 0:
		p.line("No runs in %s. Start one: promptbench run prompts/v1", line(dir))
		return p.err
	}
	columns := []column{
		{Title: "run"}, {Title: "calls", Right: true}, {Title: "size", Right: true}, {Title: "status"},
	}
	rows := make([][]string, len(list))
	for i, s := range list {
		rows[i] = []string{s.Header.Run, phrase.None, phrase.Bytes(s.Bytes), line(status(s))}
		if s.End != nil {
			rows[i][1] = fmt.Sprint(s.End.Calls)
		}
	}
	var drawn bytes.Buffer
	p.check(writeTable(&drawn, columns, rows))
	i := -1 // the header comes first
	for text := range strings.Lines(drawn.String()) {
		p.line("%s", strings.TrimSuffix(text, "\n"))
		if i >= 0 && i < len(list) {
			p.standing(list[i].Header, did[list[i].Path])
		}
		i++
	}
	if more := len(found) - len(list); more > 0 {
		p.line("and %d older (--last 0)", more)
	}
	p.line("%s in %s, %s; %d committed to git",
		wording.Count(u.Files, "run file"), line(dir), phrase.Bytes(u.Bytes), u.Committed)
	p.sentences("", unlisted(found, u.Files))
	return p.err
}

// unlisted says which of so many run files are not among the runs that were found.
func unlisted(found []storage.Stored, files int) []string {
	var copies, parts []string
	var of string
	for _, s := range found {
		files -= 1 + len(s.Copies)
		if copies = append(copies, s.Copies...); len(s.Copies) > 0 {
			of = s.Header.Run
		}
	}
	switch len(copies) {
	case 0:
	case 1:
		parts = append(parts, fmt.Sprintf("%s, a copy of %s", copies[0], of))
	default:
		parts = append(parts, fmt.Sprintf("%d copies of runs, such as %s", len(copies), copies[0]))
	}
	if files > 0 {
		parts = append(parts, fmt.Sprintf("%s that %s not match or cannot be read",
			wording.Count(files, "file"), wording.Verb(files, "do")))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"Not listed: " + strings.Join(parts, "; ") + "."}
}

// standing says below a run of what it is and how it did.
func (p *printer) standing(h runfile.Header, s compare.Standing) {
	parts := []string{h.Suite.Name, phrase.Model(h.Model)}
	if h.Blame != nil {
		parts = append(parts, "blame of "+wording.Count(len(h.Blame.Hunks), "hunk"))
	}
	if m := h.Mutant; m != nil {
		parts = append(parts, cmp.Or(m.ID, "control"))
	}
	if s.Cases > 0 {
		parts = append(append(parts, phrase.Extent(h, s)), phrase.Scores(s)...)
	}
	if against := phrase.Against(s); against != "" {
		parts = append(parts, against)
	}
	text := line(strings.Join(parts, " · "))
	lines := []string{"  " + text}
	if p.o.Width > 0 {
		lines = textsafe.Wrap(text, p.o.Width, "  ", "  ")
	}
	for _, l := range lines {
		p.line("%s", l)
	}
}

// status says how a run ended, or what sets one apart that is complete.
func status(s storage.Stored) string {
	out := string(s.Status)
	switch {
	case s.Status != runfile.Complete:
	case s.Errors > 0:
		out = wording.Count(s.Errors, "error")
	case s.Header.Redacted != nil:
		out = "redacted"
	case s.Stopped():
		out = "stopped early"
	}
	if s.Committed {
		out += ", git"
	}
	return out
}

// A RunResult is one run file in JSON.
type RunResult struct {
	Schema    int            `json:"schema"`
	Run       string         `json:"run"`
	Path      string         `json:"path"`
	Prompt    string         `json:"prompt"`
	Hash      string         `json:"prompt_hash"`
	Suite     string         `json:"suite"`
	Model     string         `json:"model"`
	Endpoint  string         `json:"endpoint"`
	Status    runfile.Status `json:"status"`
	Trials    *int           `json:"trials"` // lines written; null where the run was not closed
	Calls     *int           `json:"calls"`
	Replayed  *int           `json:"replayed"`
	Errors    *int           `json:"errors"`
	Unscored  *int           `json:"unscored"`
	Started   time.Time      `json:"started"`
	Source    string         `json:"regraded_from,omitempty"`
	Redacted  string         `json:"redacted_from,omitempty"`
	Bytes     int64          `json:"bytes"`
	Committed bool           `json:"committed"`
	Copies    []string       `json:"copies,omitempty"`

	Cases   int              `json:"cases,omitempty"`
	Done    int              `json:"cases_done,omitempty"`
	Scores  []compare.Score  `json:"scores,omitempty"`
	Base    string           `json:"base,omitempty"` // the run that the verdict is against
	Verdict *compare.Verdict `json:"verdict,omitempty"`
}

func runResultOf(s storage.Stored) RunResult {
	h := s.Header
	l := RunResult{
		Schema: 1, Run: h.Run, Path: s.Path, Prompt: h.Prompt.Name, Hash: h.Prompt.Hash, Suite: h.Suite.Name,
		Model: h.Model.ID, Endpoint: h.Model.Endpoint, Status: s.Status, Started: h.Started, Source: h.Source,
		Bytes: s.Bytes, Committed: s.Committed, Copies: s.Copies,
	}
	if h.Redacted != nil {
		l.Redacted = h.Redacted.From
	}
	if e := s.End; e != nil {
		l.Trials, l.Calls, l.Replayed, l.Errors, l.Unscored = &e.Trials, &e.Calls, &e.Replayed, &e.Errors, &e.Unscored
	}
	return l
}

// RunsJSON prints a JSON object for each run file, one a line.
func RunsJSON(w io.Writer, list []storage.Stored, did map[string]compare.Standing) error {
	for _, s := range list {
		l, d := runResultOf(s), did[s.Path]
		l.Cases, l.Done, l.Scores, l.Base, l.Verdict = d.Cases, d.Done, d.Scores, d.Base, d.Verdict
		if err := WriteJSON(w, l); err != nil {
			return err
		}
	}
	return nil
}

// PruneText says which runs go and what that frees, and how many stay for which reason. Done says that they are gone.
func PruneText(w io.Writer, fates []storage.Fate, done bool, o Options) error {
	p := &printer{w: w, o: o}
	var rows [][]string
	var freed int64
	stay := map[string]int{}
	var reasons []string
	for _, f := range fates {
		if f.Stays != "" {
			if stay[f.Stays]++; stay[f.Stays] == 1 {
				reasons = append(reasons, f.Stays)
			}
			continue
		}
		rows = append(rows, []string{f.Header.Run, f.Header.Suite.Name, phrase.Bytes(f.Bytes)})
		freed += f.Bytes
	}
	if len(rows) > 0 {
		columns := []column{
			{Title: "run", Max: max(40, o.width()-26)}, {Title: "suite", Max: 12}, {Title: "size", Right: true},
		}
		p.table(columns, rows)
		p.blank()
	}
	for _, why := range reasons {
		p.prose("", line(fmt.Sprintf("%s %s: %s.", wording.Count(stay[why], "run"), wording.Verb(stay[why], "stay"), why)))
	}
	switch {
	case len(rows) == 0:
		p.line("Nothing to remove.")
	case done:
		p.line("%s removed, %s freed.", wording.Count(len(rows), "run"), phrase.Bytes(freed))
	default:
		p.line("This would remove %s and free %s. Confirm with --yes.", wording.Count(len(rows), "run"), phrase.Bytes(freed))
	}
	return p.err
}

// A PruneResult is what becomes of one run, in JSON.
type PruneResult struct {
	RunResult

	Goes    bool   `json:"goes"`
	Stays   string `json:"stays,omitempty"` // why
	Removed bool   `json:"removed"`
}

// PruneJSON prints a JSON object for each run, one a line: what [RunsJSON] says of it, and what becomes of it.
func PruneJSON(w io.Writer, fates []storage.Fate, done bool) error {
	for _, f := range fates {
		goes := f.Stays == ""
		if err := WriteJSON(w, PruneResult{runResultOf(f.Stored), goes, f.Stays, goes && done}); err != nil {
			return err
		}
	}
	return nil
}
