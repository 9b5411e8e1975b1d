package improve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/prompt"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/search"
	"promptbench/internal/verdict/summary"
)

// finish writes the best candidate to a file, and compares it with the base on the sealed cases if it is better on the
// others.
func (s *Search) finish(ctx context.Context) error {
	defer func() { s.result.Calls, s.result.Made = s.spent.calls, s.made.calls-s.before }()
	best, isBetter := s.state.Best()
	if best == 0 {
		return nil
	}
	c, out := s.candidates[best], &s.result
	of := s.state.Candidates[best].Values
	out.Mean = &[2]float64{search.Mean(s.state.Candidates[0].Values[:len(of)]), search.Mean(of)}
	out.Says = oneLine(c.prompt.Description)
	change, err := blame.Diff(s.base, c.prompt)
	if err != nil && !errors.Is(err, blame.ErrSame) {
		return err
	}
	if change != nil {
		out.Changes = search.Changes(change.Hunks)
	}
	final := *c.prompt
	final.Description = s.descent(best)
	if out.Prompt, err = s.write(ctx, &final); err != nil {
		return err
	}
	before, after := summary.Of(s.candidates[0].run, nil).Usage, summary.Of(c.run, nil).Usage
	if before.TokensACase != nil && after.TokensACase != nil {
		out.Tokens = &[2]float64{*before.TokensACase, *after.TokensACase}
	}
	if !isBetter {
		return nil
	}
	return s.meet(ctx, &final)
}

// meet compares a candidate with the base on the sealed cases. The opening of the seal is on record.
func (s *Search) meet(ctx context.Context, final *prompt.Prompt) error {
	s.Project.Suite.OpenSeal()
	s.note("%s against %s on %s", final.Name, s.base.Name, wording.Count(len(s.sealed), "sealed case"))
	runs, err := s.askCases(ctx, []*prompt.Prompt{s.base, final}, s.sealed)
	if err != nil {
		return err
	}
	o := s.Project.Comparison(runs[0], runs[1], nil)
	o.Gates, o.MetricGates, o.GatingByType = nil, nil, nil
	c, err := compare.Compare(runs[0], runs[1], o)
	if err != nil {
		return err
	}
	s.result.Comparison, s.result.Verdict = c, c.Verdict
	s.result.Found = c.Verdict != nil && *c.Verdict == compare.Improved
	return nil
}

// descent says in the description of a candidate where it comes from.
func (s *Search) descent(best int) string {
	var steps []string
	for i := best; i != 0; {
		c, of := s.candidates[i], s.state.Candidates[i]
		steps = append(steps, fmt.Sprintf("round %d (%s)", of.Round, c.aim))
		i = of.Of[0]
	}
	slices.Reverse(steps)
	out := fmt.Sprintf("From %s by promptbench improve with %s, the best of %s: %s.", s.base.Name, s.editor.Name,
		wording.Count(s.result.Tries, "try"), strings.Join(steps, ", then "))
	if says := oneLine(s.candidates[best].prompt.Description); says != "" {
		out += " The editor says: " + says
	}
	return out
}

// write puts a candidate into a file beside the base, unless one of the same contents is there, as after the same
// search. It returns the path and gives the prompt the name of the file.
func (s *Search) write(ctx context.Context, p *prompt.Prompt) (string, error) {
	files, err := prompt.Files(filepath.Dir(s.base.Path))
	if err != nil {
		return "", err
	}
	for _, path := range files {
		if other, probs := prompt.Load(ctx, path); probs.Err() == nil && other.Hash() == p.Hash() {
			p.Name, p.Path = other.Name, other.Path
			return filepath.ToSlash(path), nil
		}
	}
	next := prompt.Next(s.base.Path)
	p.Name, p.Path = filepath.Base(next), filepath.FromSlash(next)+".prompt.yml"
	data, err := p.File()
	if err != nil {
		return "", err
	}
	if again, probs := prompt.Parse(p.Name, p.Path, data); probs.Err() != nil || again.Hash() != p.Hash() {
		return "", fmt.Errorf("writing %s: the file would not send the same as the candidate", p.Path)
	}
	f, err := os.OpenFile(p.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("writing the candidate: %s is there already", p.Path)
	}
	if err != nil {
		return "", fmt.Errorf("writing the candidate: %w", err)
	}
	_, err = f.Write(data)
	return filepath.ToSlash(p.Path), errors.Join(err, f.Close())
}
