package report

import (
	"fmt"
	"io"
	"slices"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A WatchResult is what a save has come to so far.
type WatchResult struct {
	Summary    summary.Summary     // of the cases that are done
	Comparison *compare.Comparison // with the base; nil while cases are missing, or where there is no base
	Before     string              // what the cases are compared with, such as "the last save"; empty if nothing
	Changed    []compare.CasePair  // cases since then, those that newly fail first
	Run        *runfile.Run        // the cases that are done, with their replies
	Incomplete bool                // cases are still missing
	File       string              // the run file
}

// WatchText prints a save for its author: what it changed in a sentence, how the
// revision does, or how it does against the base, then the cases and what all of
// it rests on. What matters most stands first, as a window may be too low for all
// of it.
func WatchText(w io.Writer, s WatchResult, o Options) error {
	p := &printer{w: w, o: o}
	sentence, cases := p.changes(s)
	var basis []string
	switch c := s.Comparison; {
	case c != nil:
		p.prose("", sentence)
		p.prose(bold+verdictColor(c.Verdict), line(c.Headline))
		p.blank()
		p.graders(c)
		p.reliability(phrase.Informing(c), phrase.PairCorrected(c))
		p.gates(c.Gates, o)
		basis = phrase.ComparisonBasis(c, true)
	case len(s.Summary.Graders) == 0:
		p.line("No trial is graded.")
		basis = phrase.RunTroubles(s.Summary)
	default:
		p.prose("", sentence)
		if !s.Incomplete {
			p.sentences(red, phrase.RunTroubles(s.Summary))
			basis = phrase.RunBasis(s.Summary)
		}
		if s.Summary.Basis.Replies > 0 {
			p.blank()
			p.table(graderColumns(s.Summary.Trials), graderRows(s.Summary.Graders, s.Summary.Trials))
		}
		if !s.Incomplete {
			p.reliability(phrase.RunInforming(s.Summary.Graders), phrase.RunCorrected(s.Summary.Graders))
			p.gates(s.Summary.Gates, o)
		}
	}
	if len(cases.rows) > 0 {
		p.blank()
		p.check(cases.write(w))
	}
	p.stillFailing(s)
	if !s.Incomplete {
		p.blank()
		p.sentences("", append(basis, "run file: "+s.File))
	}
	return p.err
}

// changes are what changed since before, or where nothing is known of that, what
// fails.
func (p *printer) changes(s WatchResult) (sentence string, t caseTable) {
	t = caseTable{first: "case", width: p.o.width()}
	if s.Before != "" {
		sentence = sinceText(s.Before, s.Changed)
		t = pairTable(s.Changed, []string{"before", "now"}, t.width, true)
	} else {
		t.sides, t.last = []string{"said"}, "fails"
		sentence = phrase.FailedCases(s.Summary)
		t.rows = failedLines(s.Summary.Failed, s.Run)
	}
	if len(t.rows) > fewCases {
		t.rows = t.rows[:fewCases]
		sentence += fmt.Sprintf("; the first %d are below", fewCases)
	}
	return sentence + ".", t
}

// stillFailing lists the cases that fail as they did before.
func (p *printer) stillFailing(s WatchResult) {
	list := slices.DeleteFunc(slices.Clone(s.Summary.Failed), func(c summary.Case) bool {
		return s.Before == "" || slices.ContainsFunc(s.Changed, func(r compare.CasePair) bool { return r.Case.Case == c.ID })
	})
	if len(list) == 0 {
		return
	}
	more := ""
	if n := len(list); n > fewStill {
		list, more = list[:fewStill], fmt.Sprintf("; the first %d of %d", fewStill, n)
	}
	p.blank()
	p.line("Still failing%s:", more)
	p.failures(failedLines(list, s.Run))
}

func sinceText(before string, changed []compare.CasePair) string {
	fails, passes, moved := 0, 0, 0
	for _, row := range changed {
		switch row.Change {
		case compare.NewlyFails:
			fails++
		case compare.NewlyPasses:
			passes++
		default:
			moved++
		}
	}
	if fails+passes+moved == 0 {
		return "Since " + before + " no case changed"
	}
	out := fmt.Sprintf("Since %s %s newly %s a grader, %d newly %s one", before,
		wording.Count(fails, "case"), wording.Verb(fails, "fail"), passes, wording.Verb(passes, "pass"))
	if moved > 0 {
		out += fmt.Sprintf(", %d %s another score", moved, wording.Verb(moved, "have"))
	}
	return out
}
