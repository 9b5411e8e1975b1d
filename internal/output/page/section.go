package page

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A section is one result as the template shows it. Every text is safe to show,
// if not yet escaped.
type section struct {
	ID, Title, Headline string
	Lead                string // what the headline is about, above it
	Verdict, Words      string // the verdict, and as people read it; empty for a run
	Sides               []side
	Facts               []factRow // of the sides, in columns
	Notes               []string
	Graders             graderTable
	Gates               []gate
	Types               typeTable
	Confusions          []confusion
	Tags                tagTable
	Prompt              *promptDiff
	Causes              []causeRow // of the head's failures
	Filters             filters
	Cases               int
	Rows                []staticRow // the first that changed, for those without a script
	More                int         // that Rows leaves out
	Data                string

	Next string // what to do about the verdict

	Overview *overview // of variants, in place of all below the notes
}

// A side is one of the runs that a section is about.
type side struct {
	Name, Description string
	Facts             []fact
}

type fact struct{ Label, Value string }

type factRow struct {
	Label  string
	Values []string
}

// factRows puts the facts of the sides into rows; what a side lacks is left
// empty.
func factRows(sides []side) []factRow {
	var rows []factRow
	for i, s := range sides {
		for _, f := range s.Facts {
			at := slices.IndexFunc(rows, func(r factRow) bool { return r.Label == f.Label })
			if at < 0 {
				at = len(rows)
				rows = append(rows, factRow{f.Label, make([]string, len(sides))})
			}
			rows[at].Values[i] = f.Value
		}
	}
	return rows
}

type gate struct {
	Text string
	Pass bool
}

// A staticRow is a case without a script.
type staticRow struct {
	Case, Input, Why string
	Said             []string
	Change           string
}

// staticRows is how many cases the page shows without a script.
const staticRows = 50

// filters are what the list of cases can be narrowed to.
type filters struct {
	Changes []option
	Graders []string
	Types   []string
	Tags    []string
	Sorts   []option
}

type option struct{ Value, Label string }

func pairSection(c *compare.Comparison, base, head *runfile.Run) (section, error) {
	sides := []side{sideOf(c.Base, base), sideOf(c.Head, head)}
	rows := c.Rows(-1)
	lead := fmt.Sprintf("%s · %s · %s", c.Suite, phrase.Pairs(c), phrase.Models(c))
	s := section{
		Title:    textsafe.Cell(fmt.Sprintf("%s against %s", c.Head.Name, c.Base.Name)),
		Headline: quoted(c.Headline),
		Lead:     textsafe.Cell(lead),
		Words:    phrase.Overall(c),
		Sides:    sides,
		Facts:    factRows(sides),
		Notes:    cells(slices.Concat(phrase.Statements(c), phrase.Unpaired(c.Changes), c.Notes)),
		Graders:  pairGraders(c),
		Gates:    gatesOf(c.Gates),
		Types:    typesOf(phrase.Types(c, c.Base.Name, c.Head.Name), phrase.OtherSlices(c)),
		Confusions: []confusion{
			confusionOf(0, c.Base.Name, c.Confusion.Expected, c.Confusion.Base),
			confusionOf(1, c.Head.Name, c.Confusion.Expected, c.Confusion.Head),
		},
		Tags:   tagsOf(c.Tags),
		Prompt: diffPrompts(base.Header, head.Header),
		Causes: causesOf(head),
		Cases:  len(rows),
	}
	s.Next, _ = phrase.NextStep(c, phrase.Commands{}, "")
	if c.Verdict != nil && !c.Noise {
		s.Verdict = string(*c.Verdict)
	}
	notes := slices.Concat(phrase.Legend(c), []string{phrase.Metrics(c)}, phrase.Warnings(c.Graders))
	notes = slices.Concat(notes, phrase.Informing(c), sentences(phrase.PairCorrected(c)), phrase.Pairwise(c))
	s.Graders.Notes = cells(notes)
	s.Filters = filtersOf(c.Confusion.Expected, head, s.Graders.Rows, []option{
		{"", "all cases"}, {"changed", "changed"}, {compare.NewlyFails.String(), "newly fail"},
		{compare.NewlyPasses.String(), "newly pass"}, {compare.Moved.String(), "score changed"},
		{"fails", "fail in " + textsafe.Cell(c.Head.Name)}, {"open", "not scored"},
	}, []option{
		{"", "worst first"}, {"case", "case"}, {"drop", "largest drop"}, {"rise", "largest rise"},
		{"slow", "slowest reply"}, {"tokens", "most tokens"},
	})
	for _, r := range rows[:min(staticRows, c.Changed())] {
		s.Rows = append(s.Rows, staticRow{
			Case: textsafe.Cell(r.Case.Case), Input: textsafe.Cell(r.Case.Input),
			Why: textsafe.Cell(phrase.Differences(r.Marks)), Change: r.Change.String(),
			Said: cells(phrase.Sides(r)),
		})
	}
	s.More = s.Cases - len(s.Rows)
	var err error
	s.Data, err = pack(pairData(c, rows, base, head))
	return s, err
}

// sentences are rates without the judge's errors, as a list.
func sentences(tables []phrase.Corrected) (out []string) {
	for _, t := range tables {
		out = append(out, t.Sentences()...)
	}
	return out
}

func runSection(sum summary.Summary, run *runfile.Run) (section, error) {
	only := sideOf(compare.Side{
		Name: sum.Prompt, Status: sum.Status, Cases: sum.Cases, Draw: sum.Draw, Trials: sum.Trials, Basis: sum.Basis,
		Usage: sum.Usage, Judging: sum.Judging, Errors: sum.Errors,
	}, run)
	only.Facts = slices.Insert(only.Facts, 0, fact{"size", phrase.CasesAndTrials(sum.Cases, sum.Trials)})
	title := textsafe.Cell(fmt.Sprintf("%s on %s", sum.Prompt, sum.Suite))
	s := section{
		Title:      title,
		Headline:   phrase.FailedCases(sum) + ".",
		Lead:       title + " · " + textsafe.Cell(phrase.ModelAt(sum.Model, sum.Endpoint)),
		Sides:      []side{only},
		Facts:      factRows([]side{only}),
		Notes:      cells(append(phrase.RunNotes(sum), phrase.RunTroubles(sum)...)),
		Graders:    runGraders(sum),
		Gates:      gatesOf(sum.Gates),
		Types:      typesOf(phrase.RunTypes(sum), nil),
		Confusions: []confusion{confusionOf(0, sum.Prompt, sum.Types, sum.Confusion)},
		Prompt:     diffPrompts(run.Header, run.Header),
		Causes:     causesOf(run),
		Cases:      len(run.Cases),
	}
	s.Graders.Notes = cells(append(phrase.RunInforming(sum.Graders), sentences(phrase.RunCorrected(sum.Graders))...))
	s.Filters = filtersOf(sum.Types, run, s.Graders.Rows, []option{
		{"", "all cases"}, {"fails", "fail"}, {"passes", "pass"}, {"flaky", "flaky"}, {"open", "not scored"},
	}, []option{{"", "what fails first"}, {"case", "case"}, {"slow", "slowest reply"}, {"tokens", "most tokens"}})
	for _, c := range sum.Failed[:min(staticRows, len(sum.Failed))] {
		s.Rows = append(s.Rows, staticRow{
			Case: textsafe.Cell(c.ID), Input: textsafe.Cell(c.Case.Input), Why: textsafe.Cell(phrase.FailedGraders(c)),
			Change: "fails", Said: cells([]string{phrase.Said(c.Said, c.Error)}),
		})
	}
	s.More = s.Cases - len(s.Rows)
	var err error
	s.Data, err = pack(runData(sum, run))
	return s, err
}

func filtersOf(types []string, run *runfile.Run, rows []graderRow, changes, sorts []option) filters {
	f := filters{Changes: changes, Sorts: sorts, Types: cells(types)}
	for _, r := range rows {
		f.Graders = append(f.Graders, r.Name)
	}
	for _, c := range run.Cases {
		f.Tags = append(f.Tags, cells(c.Tags)...)
	}
	slices.Sort(f.Tags)
	f.Tags = slices.Compact(f.Tags)
	return f
}

func sideOf(s compare.Side, run *runfile.Run) side {
	facts := slices.Concat([]fact{{"replies", phrase.Replies(s)}},
		usageFacts(s.Usage), judgeFacts(s.Judging), origin(s, run))
	return side{
		Name: textsafe.Cell(s.Name), Description: textsafe.Cell(run.Header.Prompt.Description), Facts: facts,
	}
}

func usageFacts(u summary.Usage) []fact {
	facts := []fact{{"tokens a reply", phrase.None}, {"median latency", phrase.None}, {"cost", "unknown"}}
	if u.TokensACase != nil {
		facts[0].Value = fmt.Sprintf("%.0f", *u.TokensACase)
	}
	if u.LatencyP50 != nil {
		facts[1].Value = fmt.Sprintf("%.0f ms", *u.LatencyP50)
	}
	if u.Cost != nil {
		facts[2].Value = fmt.Sprintf("%.4f", *u.Cost)
	}
	return facts
}

func judgeFacts(j *summary.Judging) []fact {
	if j == nil {
		return nil
	}
	return []fact{{"judge", textsafe.Cell(strings.TrimPrefix(phrase.Judging(j), "judge "))}}
}

// origin says where a run comes from and what is wrong with it.
func origin(s compare.Side, run *runfile.Run) []fact {
	facts := []fact{{"calls made", fmt.Sprint(s.Basis.Calls)}}
	if s.Errors > 0 {
		facts = append(facts, fact{"errors", wording.Count(s.Errors, "trial")})
	}
	if s.Status != runfile.Complete {
		facts = append(facts, fact{"status", string(s.Status)})
	}
	facts = append(facts, fact{"run", textsafe.Cell(run.Header.Run)})
	if g := run.Header.Git; g != nil {
		commit := g.Commit[:min(12, len(g.Commit))]
		if g.Dirty {
			commit += ", with changes"
		}
		facts = append(facts, fact{"commit", textsafe.Cell(commit)})
	}
	return facts
}

func gatesOf(list []summary.GateResult) []gate {
	var out []gate
	for _, g := range list {
		out = append(out, gate{quoted(g.String()), g.Pass})
	}
	return out
}

// cells makes texts from outside fit for one line.
func cells(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = textsafe.Cell(s)
	}
	return out
}

// quoted makes a sentence fit for one line, with the quotation marks of print.
func quoted(sentence string) string {
	return quotedName.ReplaceAllString(textsafe.Cell(sentence), "“$1”")
}

// quotedName is what [wording.Quote] returns.
var quotedName = regexp.MustCompile("`([^`]+)`")
