package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// junit writes JUnit XML as Jenkins, GitLab and Azure read it: a grader is a suite, a case a test case of it. In a
// comparison only what newly fails is a failure.
type junit struct {
	w      io.Writer
	suites []junitSuite
	alone  []string // each suite's name, where one result is printed
	named  bool     // the names of suites say the variants
}

type junitFile struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Skipped *junitProblem `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (j *junit) Run(r Run) error {
	s := r.Summary
	for k, g := range s.Graders {
		suite := junitSuite{Properties: []junitProperty{
			{"prompt", s.Prompt}, {"run", s.Run}, {"model", s.Model}, {"mean", number(g.Mean)},
			{"cases", phrase.FailedCases(s)},
		}}
		suite.drawn(s.Draw, s.Cases)
		for i := range r.Run.Cases {
			c := &r.Run.Cases[i]
			trials := r.Run.TrialsOf(c.Case)
			found := outcomeOf(summary.CellOf(trials, g.Grader, k))
			out := junitCase{Name: c.Case, Class: s.Suite + "." + g.Grader}
			why := reasonOf(trials, g.Grader, found)
			switch found {
			case fails:
				out.Failure = inShort("fails", why, inFull(c, sideReply{s.Prompt, r.Run, trials, why}))
			case unscored, failedCall:
				out.Error = inShort(string(found), why, "")
			case notApplicable:
				out.Skipped = inShort("", why, "")
			}
			suite.add(out)
		}
		j.add(suite, s.Prompt, g.Grader)
	}
	return nil
}

func (j *junit) Pair(p Pair) error {
	c := p.Comparison
	rows := c.Rows(-1)
	slices.SortFunc(rows, func(a, b compare.CasePair) int { return cmp.Compare(a.Case.Case, b.Case.Case) })
	for k, g := range c.Graders {
		suite := junitSuite{Properties: []junitProperty{
			{"base", c.Base.Run}, {"head", c.Head.Run}, {"verdict", strings.Trim(phrase.Verdict(g), "()")},
			{"counts", strconv.FormatBool(g.Gating)}, {"comparison_verdict", phrase.Overall(c)}, {"comparison", c.Headline},
			{"delta", number(g.Delta)}, {"p_adjusted", number(g.PAdjusted)},
		}}
		suite.drawn(c.Head.Draw, c.Head.Cases)
		for _, said := range phrase.Statements(c) {
			suite.Properties = append(suite.Properties, junitProperty{"statement", said})
		}
		for _, s := range c.Slices {
			if s.Grader == g.Grader {
				change := phrase.Change(s) + ": " + phrase.Passed(s)
				suite.Properties = append(suite.Properties, junitProperty{s.By + "_" + s.Value, change})
			}
		}
		for _, m := range c.Metrics {
			suite.Properties = append(suite.Properties, junitProperty{m.Metric + "_change", number(m.Change)})
		}
		for i := range rows {
			suite.add(pairCase(p, &rows[i], rows[i].Marks[k]))
		}
		j.add(suite, c.Base.Name+" → "+c.Head.Name, g.Grader)
	}
	return nil
}

func (j *junit) Variants(v Variants) error {
	j.named = true
	return eachPair(v, j.Pair)
}

// pairCase is one case by one grader. What can't be held against the base is skipped; what the head can't show is an
// error.
func pairCase(p Pair, row *compare.CasePair, m compare.Mark) junitCase {
	c := &row.Case
	out := junitCase{Name: c.Case, Class: p.Comparison.Suite + "." + m.Grader}
	base, head := p.Base.TrialsOf(c.Case), p.Head.TrialsOf(c.Case)
	baseFound, headFound := outcomeOf(summary.CellOf(base, m.Grader, 0)), outcomeOf(summary.CellOf(head, m.Grader, 0))
	baseWhy, headWhy := reasonOf(base, m.Grader, baseFound), reasonOf(head, m.Grader, headFound)
	switch {
	case m.Excluded:
		out.Skipped = inShort("", cmp.Or(headWhy, baseWhy), "")
	case m.Head == nil:
		out.Error = inShort(string(headFound), headWhy, "")
	case m.Base == nil:
		out.Skipped = inShort("", "not scored at the base: "+baseWhy, "")
	case m.Flipped() && m.BasePass:
		sides := []sideReply{
			{p.Comparison.Base.Name, p.Base, base, baseWhy}, {p.Comparison.Head.Name, p.Head, head, headWhy},
		}
		out.Failure = inShort(compare.NewlyFails.String(), headWhy, inFull(c, sides...))
	case !m.HeadPass:
		out.Out = textsafe.Block("fails on both sides: " + headWhy)
	}
	return out
}

// A sideReply is what one side made of a case.
type sideReply struct {
	name   string
	run    *runfile.Run
	trials []runfile.Trial
	why    string
}

// inFull is what a reader needs of a failed case: the input, and what each side replied and why that was scored so.
func inFull(c *runfile.Case, sides ...sideReply) string {
	var b strings.Builder
	fmt.Fprintf(&b, "input: %s\nexpected: %s\n", c.Input, phrase.Expectations(c.Expect))
	for _, s := range sides {
		fmt.Fprintf(&b, "\n%s: %s\n", s.name, s.why)
		for i := range s.trials {
			if call := summary.ReplyTo(s.run, &s.trials[i]); call != nil {
				b.WriteString(strings.TrimRight(call.Reply, "\n") + "\n")
			}
		}
	}
	return textsafe.Block(b.String())
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}

// inShort is a failure, an error or a skip with its reason in one line.
func inShort(kind, why, text string) *junitProblem {
	return &junitProblem{Message: textsafe.Cell(why), Type: kind, Text: text}
}

// drawn says that so many cases were drawn from a suite, where they were.
func (s *junitSuite) drawn(d *runfile.Draw, cases int) {
	if d != nil {
		s.Properties = append(s.Properties, junitProperty{"drawn", phrase.Drawn(d, cases)})
	}
}

func (s *junitSuite) add(c junitCase) {
	c.Name, c.Class = textsafe.Cell(c.Name), textsafe.Cell(c.Class)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// add keeps the suite of a grader. Its name includes the result only if there are several results.
func (j *junit) add(s junitSuite, result, grader string) {
	s.Name = textsafe.Cell(result + ": " + grader)
	for i := range s.Properties {
		s.Properties[i].Name = textsafe.Cell(s.Properties[i].Name)
		s.Properties[i].Value = textsafe.Cell(s.Properties[i].Value)
	}
	j.suites, j.alone = append(j.suites, s), append(j.alone, grader)
}

func (j *junit) Close() error {
	file := junitFile{Name: "promptbench", Suites: j.suites}
	unique := len(slices.Compact(slices.Sorted(slices.Values(j.alone)))) == len(j.alone)
	for i := range file.Suites {
		s := &file.Suites[i]
		if unique && !j.named {
			s.Name = textsafe.Cell(j.alone[i])
		}
		file.Tests += s.Tests
		file.Failures += s.Failures
		file.Errors += s.Errors
		file.Skipped += s.Skipped
	}
	text, err := xml.MarshalIndent(file, "", " ")
	if err != nil {
		return fmt.Errorf("writing JUnit XML: %w", err)
	}
	_, err = fmt.Fprintf(j.w, "%s%s\n", xml.Header, text)
	return err
}
