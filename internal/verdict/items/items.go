package items

import (
	"cmp"
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
)

// Schema is the version of the analysis in JSON.
const Schema = 1

// A Case is a case of the suite as it is now.
type Case struct {
	ID        string
	Input     string
	Vars      map[string]string // its own
	InputHash string            // as run files have it
	Type      string            // that it expects
	Group     string
	Tags      []string
	Note      string
	Sealed    bool // only its input is looked at, and not how it scored
}

// An Example is a text in a prompt that may be the input of an example.
type Example struct {
	Prompt string
	Text   string
}

// An Analysis is what the cases and the graders of a suite are worth.
type Analysis struct {
	Schema    int    `json:"schema"`
	Suite     string `json:"suite"`
	Cases     int    `json:"cases"`     // that are not sealed
	Units     int    `json:"units"`     // cases, each group of paraphrases once
	Runs      int    `json:"runs"`      // that it rests on
	Revisions int    `json:"revisions"` // distinct prompts of these runs
	Models    int    `json:"models"`
	Replies   int    `json:"replies"`  // distinct ones; a replayed reply counts once
	LeftOut   int    `json:"left_out"` // runs that cannot be read, or that a program would have to grade again

	Shown      []Shown     `json:"shown"`      // the most alike first
	Duplicates []Duplicate `json:"duplicates"` // likewise
	Compared   int         `json:"compared"`   // cases that two revisions or more ran on one model
	Constant   []string    `json:"constant"`   // of these, the cases on which no gating grader tells two revisions apart
	Repeated   int         `json:"repeated"`   // cases that one revision on one model ran twice or more
	Flips      []Flip      `json:"flips"`      // of these, the most even first
	Graders    []Grader    `json:"graders"`    // in the order of the suite
	Together   []Together  `json:"together"`   // the closest first
	Types      []Count     `json:"types"`      // the largest first, also those without a case
	Thin       []Thin      `json:"thin"`       // types first, then tags, each the largest first
	Tests      int         `json:"tests"`      // gating graders times types, which share alpha in [Thin] of types
}

// A Flip is a case that passed a grader in some trials of one revision on one model and failed it in others.
type Flip struct {
	Case   string `json:"case"`
	Grader string `json:"grader"`
	Prompt string `json:"prompt"`
	Model  string `json:"model"`
	Passed int    `json:"passed"`
	Trials int    `json:"trials"`
}

// A Grader is how a grader scored all replies.
type Grader struct {
	Grader string   `json:"grader"`
	Gating bool     `json:"gating"`
	Scored int      `json:"scored"` // replies
	Passed int      `json:"passed"`
	Apart  int      `json:"tells_apart"` // cases that two revisions on one model do not both pass or both fail
	Always []string `json:"always_pass"` // cases that every revision passes, of those compared
	Never  []string `json:"always_fail"`
}

// Idle reports whether every reply got the same pass or fail.
func (g Grader) Idle() bool { return g.Scored > 0 && (g.Passed == 0 || g.Passed == g.Scored) }

// variant is a revision on a model, with what its replies scored.
type variant struct {
	name, hash, model string
	seen              map[reply]bool
	cells             map[int][]tally // by the number of a case, by grader
}

// A reply is told apart from another of the same case by its trial and the time of its call, which replays keep.
type reply struct {
	of, trial int
	at        int64
}

type tally struct{ scored, passed int }

func (t tally) pass() bool { return 2*t.passed > t.scored }

// A Collector gathers what runs say of the cases of a suite.
type Collector struct {
	cases    []Case
	types    []string       // that replies can have
	at       map[string]int // by id
	gating   []string       // empty: all graders but the criteria of rubrics
	names    []string       // of graders
	variants []*variant
	pairs    map[[2]int]*moments
	out      Analysis
}

// NewCollector returns a collector for the cases. Types are those that replies can have, also where no case expects
// one. Gating names the graders that a verdict rests on; empty means all but the criteria of rubrics.
func NewCollector(suite string, cases []Case, types, gating []string) *Collector {
	c := &Collector{
		cases: cases, types: types, gating: gating, at: make(map[string]int, len(cases)), pairs: map[[2]int]*moments{},
	}
	for i := range cases {
		if !cases[i].Sealed {
			c.at[cases[i].ID] = i
		}
	}
	c.out = Analysis{Schema: Schema, Suite: suite, Cases: len(c.at)}
	return c
}

func (c *Collector) gates(grader string) bool {
	if len(c.gating) > 0 {
		return slices.Contains(c.gating, grader)
	}
	return !strings.Contains(grader, "/")
}

// Add adds a run, which the suite as it is now must have graded. What it says of a case whose input has changed since
// is passed over, and so is a reply that another run has given.
func (c *Collector) Add(run *runfile.Run) {
	c.out.Runs++
	v := c.variantOf(run.Header)
	for i := range run.Trials {
		t := &run.Trials[i]
		at, ok := c.at[t.Case]
		if !ok || t.Error != nil {
			continue
		}
		if then, ok := run.Case(t.Case); !ok || then.InputHash != c.cases[at].InputHash {
			continue
		}
		c.addTrial(v, at, run, t)
	}
}

func (c *Collector) variantOf(h runfile.Header) *variant {
	model := strings.Join([]string{h.Model.ID, h.Model.Endpoint, h.Model.API}, "\x00")
	for _, v := range c.variants {
		if v.hash == h.Prompt.Hash && v.model == model {
			return v
		}
	}
	v := &variant{
		name: h.Prompt.Name, hash: h.Prompt.Hash, model: model, seen: map[reply]bool{}, cells: map[int][]tally{},
	}
	c.variants = append(c.variants, v)
	return v
}

// Analyse returns what the runs say of the cases, and what the inputs say of each other and of the examples.
func (c *Collector) Analyse(examples []Example) Analysis {
	a := c.out
	hashes, models := map[string]bool{}, map[string]bool{}
	for _, v := range c.variants {
		hashes[v.hash], models[v.model] = true, true
		a.Replies += len(v.seen)
	}
	a.Revisions, a.Models = len(hashes), len(models)
	a.Duplicates, a.Shown = alike(c.cases, examples)
	c.tellApart(&a)
	c.flips(&a)
	a.Together = c.together()
	c.thin(&a)
	return a
}

// flips finds the cases whose trials differ under one grader, in a revision that has several.
func (c *Collector) flips(a *Analysis) {
	a.Flips = []Flip{}
	repeated := map[int]bool{}
	for _, v := range c.variants {
		for i, cells := range v.cells {
			for k, t := range cells {
				repeated[i] = repeated[i] || t.scored > 1
				if t.passed > 0 && t.passed < t.scored {
					model, _, _ := strings.Cut(v.model, "\x00")
					a.Flips = append(a.Flips, Flip{c.cases[i].ID, c.names[k], v.name, model, t.passed, t.scored})
				}
			}
		}
	}
	a.Repeated = len(repeated)
	for i := range repeated {
		if !repeated[i] {
			a.Repeated--
		}
	}
	odd := func(f Flip) float64 { // from 0, always the same, to 1, half of them each
		return 2 * float64(min(f.Passed, f.Trials-f.Passed)) / float64(f.Trials)
	}
	slices.SortFunc(a.Flips, func(x, y Flip) int {
		return cmp.Or(cmp.Compare(odd(y), odd(x)), cmp.Compare(x.Case, y.Case), cmp.Compare(x.Grader, y.Grader),
			cmp.Compare(x.Prompt, y.Prompt), cmp.Compare(x.Model, y.Model))
	})
}

// tellApart finds, for each grader, the cases on which it passes one revision and fails another on the same model.
func (c *Collector) tellApart(a *Analysis) {
	a.Graders, a.Constant = make([]Grader, len(c.names)), []string{}
	for k, name := range c.names {
		a.Graders[k] = Grader{Grader: name, Gating: c.gates(name), Always: []string{}, Never: []string{}}
	}
	byModel := map[string][]*variant{}
	for _, v := range c.variants {
		byModel[v.model] = append(byModel[v.model], v)
		for _, cells := range v.cells {
			for k, t := range cells {
				a.Graders[k].Scored += t.scored
				a.Graders[k].Passed += t.passed
			}
		}
	}
	for i := range c.cases {
		compared, apart := false, false
		for k := range a.Graders {
			g := &a.Graders[k]
			several, differ, passed, failed := verdictsOn(byModel, i, k)
			switch {
			case !several:
				continue
			case differ:
				g.Apart++
			case passed && !failed:
				g.Always = append(g.Always, c.cases[i].ID)
			case failed && !passed:
				g.Never = append(g.Never, c.cases[i].ID)
			}
			if g.Gating {
				compared, apart = true, apart || differ
			}
		}
		if compared {
			a.Compared++
		}
		if compared && !apart {
			a.Constant = append(a.Constant, c.cases[i].ID)
		}
	}
}

// verdictsOn says whether several revisions on one model were scored on a case by a grader, whether two of them differ,
// and whether any passed and any failed.
func verdictsOn(byModel map[string][]*variant, i, grader int) (several, differ, passed, failed bool) {
	for _, revisions := range byModel {
		passes, fails := 0, 0
		for _, v := range revisions {
			cells := v.cells[i]
			switch {
			case grader >= len(cells) || cells[grader].scored == 0:
			case cells[grader].pass():
				passes++
			default:
				fails++
			}
		}
		if passes+fails < 2 {
			continue
		}
		several, differ = true, differ || passes > 0 && fails > 0
		passed, failed = passed || passes > 0, failed || fails > 0
	}
	return several, differ, passed, failed
}
