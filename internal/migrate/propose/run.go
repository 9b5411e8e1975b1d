package propose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
)

// fromRun proposes the cases of a run that fail a grader in a trial. What a person expects of them is kept.
func (p *proposer) fromRun(path string) error {
	f, err := inputfile.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	p.file().Formats = append(p.file().Formats, formatRun)
	var (
		header runfile.Header
		cases  []runfile.Case
		lines  []int
		line   = 1
	)
	failed := map[string][]string{} // graders, by case
	_, err = runfile.Scan(f, func(h runfile.Header) error {
		header = h
		if h.Redacted != nil {
			return fmt.Errorf("%s is redacted, so it has no inputs; name the run that it was made of", path)
		}
		return nil
	}, func(l runfile.Line) error {
		line++
		switch l.Kind {
		case runfile.KindCase:
			var c runfile.Case
			if err := l.Decode(&c); err != nil {
				return err
			}
			cases, lines = append(cases, c), append(lines, line)
		case runfile.KindTrial:
			var t runfile.Trial
			if err := l.Decode(&t); err != nil {
				return err
			}
			for _, s := range t.Scores {
				if s.Value != nil && !s.Pass && !slices.Contains(failed[t.Case], s.Grader) {
					failed[t.Case] = append(failed[t.Case], s.Grader)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.file().Records = len(cases)
	for i, c := range cases {
		by := failed[c.Case]
		switch {
		case c.Sealed:
			p.leave(path, lines[i], "a sealed case", "")
		case len(by) == 0:
			p.leave(path, lines[i], "passes every grader", "")
		default:
			p.proposeFailure(path, lines[i], header, c, by)
		}
	}
	return nil
}

// proposeFailure proposes a case that fails. A run of the suite itself has its cases: each keeps its id, and is
// proposed so that the failures can be run alone.
func (p *proposer) proposeFailure(path string, line int, h runfile.Header, c runfile.Case, by []string) {
	out := suite.Case{Tags: c.Tags, Expect: p.withoutPrivate(c.Expect), Note: "fails " + strings.Join(by, ", ")}
	if h.Suite.Name == p.o.Suite.Name {
		out.ID, out.Group = c.Case, c.Group
	}
	if !slices.Contains(p.o.Suite.Rules.Types, out.Expect.Type) {
		out.Expect.Type = ""
	}
	for name, value := range c.Vars {
		if p.o.Suite.Vars[name] == value {
			continue
		}
		if out.Vars == nil {
			out.Vars = map[string]string{}
		}
		out.Vars[name] = p.redact(value)
	}
	p.propose(path, line, typed{
		text: c.Input, turns: 1, format: formatRun, trace: h.Run, span: c.Case, at: h.Started.UTC().Format(time.RFC3339),
	}, out)
}
