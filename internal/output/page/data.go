package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/worddiff"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A payload is the cases of a section as the script reads them. Names are short because there are many: 5,000 cases of
// two runs are some 20 MB of JSON, which gzip brings under 1 MB per 1,000 cases.
type payload struct {
	Sides   []string   `json:"sides"`
	Graders []dataName `json:"graders"`
	Texts   []string   `json:"texts"` // what recurs: reasons, types, tags; the others refer to it
	Cases   []dataCase `json:"cases"`
	Typed   bool       `json:"typed,omitempty"` // the suite declares types
	Run     string     `json:"run"`             // that holds the cases
}

type dataName struct {
	Name   string `json:"name"`
	Gating bool   `json:"gating"`
}

type dataCase struct {
	ID     string `json:"id"`
	Input  string `json:"in"`
	Type   int    `json:"ty"` // expected type
	Expect int    `json:"ex"`
	Tags   []int  `json:"tg,omitempty"`
	Group  string `json:"gr,omitempty"`
	Note   string `json:"no,omitempty"`
	// Attachments are named. An image with a file has its hash, too: a page that is served shows it, a file loads nothing.
	Attachments [][2]string `json:"im,omitempty"`
	Change      string      `json:"ch"`
	Marks       []dataMark  `json:"m"` // by grader
	Sides       []dataSide  `json:"s"`
	Diffs       [][]int     `json:"df,omitempty"` // by trial: lengths of what is equal, deleted, inserted, and so on
}

// A dataMark is [value, passes] for each side; null where it does not apply.
type dataMark [][2]*float64

type dataSide struct {
	Said   int         `json:"w"` // in short
	Trials []dataTrial `json:"t"`
}

type dataTrial struct {
	Error    int         `json:"e,omitempty"`
	Type     int         `json:"y"`
	Format   int         `json:"f"`
	Items    []string    `json:"i"`
	Defects  [][2]int    `json:"d,omitempty"` // code, detail
	Reply    string      `json:"r"`
	Graded   string      `json:"g,omitempty"` // where a transform made another text of the reply
	Thinking string      `json:"th,omitempty"`
	Finish   int         `json:"fi"`
	Tokens   []int       `json:"tk,omitempty"`
	Latency  int64       `json:"ms"`
	Attempts int         `json:"a"`
	At       string      `json:"at"`
	Replayed int         `json:"rf,omitempty"`
	Scores   []dataScore `json:"sc"` // by grader
}

// A dataScore is a value, null where there is none; what became of it (1 passes, 0 fails, 2 unscored, 3 not applicable,
// 4 missing); and the reason.
type dataScore [3]any

// texts hands out places in the list of texts. The first is empty.
type texts struct {
	list []string
	at   map[string]int
}

func (t *texts) of(s string) int {
	s = textsafe.Cell(s)
	if s == "" {
		return 0
	}
	n, ok := t.at[s]
	if !ok {
		n = len(t.list)
		t.list, t.at[s] = append(t.list, s), n
	}
	return n
}

func newTexts() *texts { return &texts{list: []string{""}, at: map[string]int{}} }

func pairData(c *compare.Comparison, rows []compare.CasePair, base, head *runfile.Run) payload {
	h := head.Header
	p := payload{Sides: cells([]string{c.Base.Name, c.Head.Name}), Typed: len(h.Reply.Types) > 0, Run: h.Run}
	t := newTexts()
	for _, g := range c.Graders {
		p.Graders = append(p.Graders, dataName{textsafe.Cell(g.Grader), g.Gating})
	}
	for i := range rows {
		r := &rows[i]
		d := newCase(&r.Case, r.Change.String(), t)
		for _, m := range r.Marks {
			if m.Excluded {
				d.Marks = append(d.Marks, nil)
				continue
			}
			d.Marks = append(d.Marks, dataMark{{m.Base, truth(m.BasePass)}, {m.Head, truth(m.HeadPass)}})
		}
		names := make([]string, len(r.Marks))
		for k := range r.Marks {
			names[k] = r.Marks[k].Grader
		}
		b, h := sideData(base, r.Case.Case, names, t), sideData(head, r.Case.Case, names, t)
		said := phrase.Sides(*r)
		b.Said, h.Said = t.of(said[0]), t.of(said[1])
		d.Sides = []dataSide{b, h}
		for k := range min(len(b.Trials), len(h.Trials)) {
			d.Diffs = append(d.Diffs, diffLengths(b.Trials[k].Reply, h.Trials[k].Reply))
		}
		p.Cases = append(p.Cases, d)
	}
	p.Texts = t.list
	return p
}

func runData(s summary.Summary, run *runfile.Run) payload {
	p := payload{Sides: cells([]string{s.Prompt}), Typed: len(s.Types) > 0, Run: s.Run}
	t := newTexts()
	names := make([]string, len(s.Graders))
	for i, g := range s.Graders {
		names[i] = g.Grader
		p.Graders = append(p.Graders, dataName{textsafe.Cell(g.Grader), true})
	}
	failed, flaky := map[string]*summary.Case{}, map[string]bool{}
	for i := range s.Failed {
		failed[s.Failed[i].ID] = &s.Failed[i]
	}
	for _, f := range s.Flaky {
		flaky[f.Case] = true
	}
	for i := range run.Cases {
		c := &run.Cases[i]
		d := newCase(c, "passes", t)
		trials := run.TrialsOf(c.Case)
		for k, name := range names {
			cell := summary.CellOf(trials, name, k)
			switch {
			case cell.Excluded:
				d.Marks = append(d.Marks, nil)
			case cell.Scored == 0:
				d.Marks = append(d.Marks, dataMark{{nil, truth(false)}})
			default:
				d.Marks = append(d.Marks, dataMark{{summary.Number(cell.Mean()), truth(cell.Pass())}})
			}
		}
		one := sideData(run, c.Case, names, t)
		one.Said = t.of(phrase.Said(summary.SaidOf(run, trials), ""))
		switch f := failed[c.Case]; {
		case f != nil && f.Error != "":
			d.Change, one.Said = "error", t.of(phrase.Said(f.Said, f.Error))
		case f != nil:
			d.Change = "fails"
		case flaky[c.Case]:
			d.Change = "flaky"
		}
		d.Sides = []dataSide{one}
		p.Cases = append(p.Cases, d)
	}
	slices.SortStableFunc(p.Cases, func(a, b dataCase) int { return rank(a.Change) - rank(b.Change) })
	p.Texts = t.list
	return p
}

// rank orders the cases of a run: what needs a look first.
func rank(change string) int {
	return slices.Index([]string{"error", "fails", "flaky", "passes"}, change)
}

func truth(b bool) *float64 {
	v := 0.0
	if b {
		v = 1
	}
	return &v
}

func newCase(c *runfile.Case, change string, t *texts) dataCase {
	d := dataCase{
		ID: textsafe.Cell(c.Case), Input: textsafe.Block(c.Input),
		Type: t.of(c.Expect.Type), Expect: t.of(phrase.Expectations(c.Expect)),
		Group: textsafe.Cell(c.Group), Note: textsafe.Cell(c.Note), Change: change,
	}
	for _, a := range c.Attachments {
		one := [2]string{textsafe.Cell(a.String())}
		if a.Path != "" && a.IsImage() {
			one[1] = a.SHA256
		}
		d.Attachments = append(d.Attachments, one)
	}
	for _, tag := range c.Tags {
		d.Tags = append(d.Tags, t.of(tag))
	}
	return d
}

func sideData(run *runfile.Run, id string, names []string, t *texts) dataSide {
	s := dataSide{Trials: []dataTrial{}}
	c, _ := run.Case(id)
	for _, trial := range run.TrialsOf(id) {
		d := dataTrial{Items: []string{}}
		if trial.Error != nil {
			d.Error = t.of(trial.Error.Kind + ": " + trial.Error.Message)
		}
		if trial.Read != nil {
			d.Type, d.Format = t.of(trial.Read.Type), t.of(string(trial.Read.Format))
			if text := trial.Read.Transformed; text != nil {
				d.Graded = clip(textsafe.Block(*text))
			}
			if run.Header.ReadsReplies() {
				d.Items = append(d.Items, cells(trial.Read.Items)...)
			}
			for _, defect := range trial.Read.Defects {
				d.Defects = append(d.Defects, [2]int{t.of(string(defect.Code)), t.of(defect.Detail)})
			}
		}
		if replies := summary.RepliesTo(run, &trial); len(replies) > 0 && replies[len(replies)-1].Error == nil {
			d.call(&c, replies, t)
		}
		for _, name := range names {
			d.Scores = append(d.Scores, scoreData(&trial, name, t))
		}
		s.Trials = append(s.Trials, d)
	}
	return s
}

// call adds what a trial was replied, and of a conversation all that was said.
func (d *dataTrial) call(of *runfile.Case, replies []runfile.Call, t *texts) {
	c := &replies[len(replies)-1]
	d.Reply, d.Thinking = clip(textsafe.Block(of.Shown(replies))), clip(textsafe.Block(c.Thinking))
	d.Finish, d.Attempts = t.of(c.FinishReason), c.Attempts
	d.At, d.Replayed = c.At.UTC().Format("2006-01-02 15:04:05Z"), t.of(c.ReplayedFrom)
	spent := summary.SpentOf(replies, nil)
	if spent.InputTokens != nil && spent.OutputTokens != nil {
		d.Tokens = []int{*spent.InputTokens, *spent.OutputTokens}
	}
	for i := range replies {
		d.Latency += replies[i].LatencyMS
	}
}

func scoreData(trial *runfile.Trial, name string, t *texts) dataScore {
	s := summary.ScoreOf(trial, name, 0)
	if s == nil {
		return dataScore{nil, 4, 0}
	}
	why := t.of(phrase.Reason(*s))
	switch {
	case s.NotApplicable != "":
		return dataScore{nil, 3, why}
	case s.Value == nil:
		return dataScore{nil, 2, why}
	case s.Pass:
		return dataScore{*s.Value, 1, why}
	}
	return dataScore{*s.Value, 0, why}
}

// longest is up to how many characters the page shows a reply.
const longest = 32_000

// clip cuts a reply that is too long to look at; the run file has all of it.
func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	runes := []rune(s)
	if len(runes) <= longest {
		return s
	}
	return fmt.Sprintf("%s\n… %d more characters in the run file", string(runes[:longest]), len(runes)-longest)
}

// mostCompared is up to how many bytes two replies are compared word by word.
const mostCompared = 40_000

// diffLengths is the word diff of two texts as the script's strings count: UTF-16 units that are equal, deleted and
// inserted, again and again. Empty where the texts are too long to compare.
func diffLengths(before, after string) []int {
	if len(before)+len(after) > mostCompared {
		return []int{}
	}
	out := []int{}
	next := 0 // of equal, deleted, inserted
	for _, p := range worddiff.Diff(before, after) {
		for kind := int(p.Op); next%3 != kind; next++ {
			out = append(out, 0)
		}
		out = append(out, units(p.Text))
		next++
	}
	return out
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// pack is the payload as text that no part of HTML takes for anything else.
func pack(p payload) (string, error) {
	var b bytes.Buffer
	text := base64.NewEncoder(base64.RawURLEncoding, &b)
	zip := gzip.NewWriter(text)
	enc := json.NewEncoder(zip)
	enc.SetEscapeHTML(false)
	if err := errors.Join(enc.Encode(p), zip.Close(), text.Close()); err != nil {
		return "", fmt.Errorf("packing the cases: %w", err)
	}
	return b.String(), nil
}
