package phrase

import (
	"fmt"
	"math"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
)

// BlameHeadline says which hunk did it.
func BlameHeadline(r blame.Result) string {
	named := r.Named()
	if named < 0 {
		return noHunk(r)
	}
	e := r.Hunks[named]
	verb := "raises"
	if e.Verdict == blame.Worse {
		verb = "lowers"
	}
	s := fmt.Sprintf("Hunk %d (%s) %s %s by %s.", e.Hunk, e.Where, verb, r.Grader, points(*e.Effect))
	if c := r.Confirmed; c != nil {
		return s + " " + confirmed(r, *c)
	}
	if len(r.Hunks) > 1 {
		s += " This is not confirmed by a run without it."
	}
	return s
}

func noHunk(r blame.Result) string {
	switch {
	case r.Status != runfile.Complete && r.Plan == nil:
		return "No hunk is named yet."
	case r.Grader == "":
		return "No grader scored a reply, so there is no effect to estimate."
	case r.Delta == nil:
		return fmt.Sprintf("No case has a score of %s with %s and with %s.", r.Grader, r.Base, r.Head)
	case math.Abs(*r.Delta) < 0.005:
		return fmt.Sprintf("No hunk changes %s measurably, and %s scores as %s does.", r.Grader, r.Head, r.Base)
	}
	way := "higher"
	if *r.Delta < 0 {
		way = "lower"
	}
	return fmt.Sprintf("No hunk is named. %s scores %s %s than %s on %s; %s %s not show which hunk does that.",
		r.Head, points(*r.Delta), way, r.Base, r.Grader, wording.Count(r.Units, "case"), wording.Verb(r.Units, "do"))
}

// confirmed says what the run without the named hunk showed.
func confirmed(r blame.Result, c blame.Confirmation) string {
	change := fmt.Sprintf("%s scores %s without it and %s with it", r.Head, Share(c.Without), Share(c.With))
	p := ""
	if c.P != nil {
		p = " (" + compare.P(*c.P) + ")"
	}
	if c.Confirmed {
		return fmt.Sprintf("Confirmed: %s%s.", change, p)
	}
	return fmt.Sprintf("Not confirmed: %s%s.", change, p)
}

func points(v float64) string {
	return wording.Count(max(1, int(math.Round(100*math.Abs(v)))), "point")
}

// BlameBasis says what a result rests on.
func BlameBasis(r blame.Result) []string {
	cases := wording.Count(r.Cases, "case")
	if r.Cases < r.Selected {
		cases = fmt.Sprintf("%d of %s, as --budget allows", r.Cases, wording.Count(r.Selected, "case"))
	}
	calls := "%s made, %s replayed"
	if r.Plan != nil {
		calls = "nothing is sent now; a run makes %s and replays %s"
	}
	calls = fmt.Sprintf(calls, wording.Count(r.Calls, "call"), wording.Count(r.Replayed, "reply"))
	out := []string{fmt.Sprintf("%s of %s on %s · %s · %s",
		wording.Count(len(r.Hunks), "hunk"), BlameChange(r), r.Model, cases, calls)}
	if r.Status != runfile.Complete {
		out = append(out, fmt.Sprintf("The run is %s: run the same command again to finish it.", r.Status))
	}
	if r.LeftOut > 0 {
		out = append(out, fmt.Sprintf("%s without a score of %s: left out",
			wording.Count(r.LeftOut, "reply"), r.Grader))
	}
	return out
}

// BlamePlan says what a search would cost.
func BlamePlan(r blame.Result) []string {
	out := []string{fmt.Sprintf("tokens %s · cost %s", Spread(r.Plan.Tokens, "%.0f"), Spread(r.Plan.Cost, "%.4f"))}
	if r.Confirming > 0 {
		out = append(out, fmt.Sprintf("To confirm the hunk that is named takes up to %s more.",
			wording.Count(r.Confirming, "call")))
	}
	out = append(out, ToolRounds(r.Plan.Rounds)...)
	if r.Plan.Judging > 0 {
		out = append(out, fmt.Sprintf("The judge is asked up to %s more; the tokens and the cost do not include that.",
			wording.Count(r.Plan.Judging, "time")))
	}
	return out
}

// ToolRounds says how many calls the results of tools may take; nothing for none.
func ToolRounds(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Results of tools take up to %s more, at most %d in a turn; the tokens and the cost do "+
		"not include that.", wording.Count(n, "call"), runfile.MaxRounds)}
}

// BlameChange names what is cut into hunks.
func BlameChange(r blame.Result) string {
	if r.Parts {
		return r.Head
	}
	return r.Base + " → " + r.Head
}

// BlameNotes say how the table is to be read.
func BlameNotes(r blame.Result) []string {
	var out []string
	var list []string
	for _, e := range r.Hunks {
		if e.Removable {
			list = append(list, fmt.Sprintf("hunk %d (saves %s a call)", e.Hunk,
				wording.Count(int(math.Round(*e.Tokens)), "token")))
		}
	}
	if len(list) > 0 {
		which := "this"
		if len(list) > 1 {
			which = "one of these"
		}
		out = append(out, fmt.Sprintf("Deleting %s costs nothing measurable: %s.", which, wording.List(list)))
	}
	if r.Units > 0 && r.Units <= len(r.Hunks) {
		out = append(out, fmt.Sprintf("%s %s too few to tell %d hunks apart.",
			wording.Count(r.Units, "case"), wording.Verb(r.Units, "are"), len(r.Hunks)))
	}
	if len(r.Hunks) > 1 {
		out = append(out, "An effect is the mean over variants with the other hunks in or out. "+partner(len(r.Hunks)))
	}
	for _, g := range r.Graders {
		if g.Grader == r.Grader {
			continue
		}
		var also []string
		for i, n := range g.Hunks {
			if n.Verdict != blame.Open && n.Effect != nil {
				also = append(also, fmt.Sprintf("hunk %d %s (%s)", i+1, n.Verdict, Signed(n.Effect)))
			}
		}
		if len(also) > 0 {
			out = append(out, fmt.Sprintf("Also on %s: %s.", g.Grader, wording.List(also)))
		}
	}
	return out
}

// partner says how well a harm is found that needs two hunks.
func partner(hunks int) string {
	const shares = "A hunk that does harm only together with another shares the effect with it. "
	if hunks <= 4 {
		return shares + "Of so few hunks, one of the two is mostly named if they cost 15 points together."
	}
	return shares + "Of so many hunks, neither is named in many cases."
}

// A BlameRow is a hunk as a table shows it.
type BlameRow struct {
	Hunk, Where, Text                    string
	Sign                                 string // + adds, − removes, ± does both; empty for the parts of one prompt
	Effect, Interval, Verdict, P, Tokens string
}

// Change is where the hunk is, behind its sign.
func (r BlameRow) Change() string { return strings.TrimSpace(r.Sign + " " + r.Where) }

// BlameRows are the rows of the table, in the order of the hunks.
func BlameRows(r blame.Result) []BlameRow {
	out := make([]BlameRow, len(r.Hunks))
	for i, e := range r.Hunks {
		row := BlameRow{
			Hunk: fmt.Sprint(e.Hunk), Where: e.Where, Text: strings.Join(strings.Fields(e.Text), " "), Sign: signOf(r, e),
			Effect: Signed(e.Effect), Interval: Between(e.CI, true), Verdict: string(e.Verdict), P: None, Tokens: None,
		}
		if e.PAdjusted != nil {
			row.P = strings.TrimLeft(compare.P(*e.PAdjusted), "p= ")
		}
		if e.Tokens != nil {
			row.Tokens = fmt.Sprintf("%+.0f", *e.Tokens)
			row.Tokens = strings.Replace(strings.Replace(row.Tokens, "-0", "0", 1), "-", Minus, 1)
			if row.Tokens == "+0" {
				row.Tokens = "0"
			}
		}
		out[i] = row
	}
	return out
}

func signOf(r blame.Result, e blame.Effect) string {
	switch {
	case r.Parts:
		return ""
	case e.Removes == "":
		return "+"
	case e.Adds == "":
		return Minus
	}
	return "±"
}

// BlameSlices say by expected type what the named hunks do; none where no hunk is named.
func BlameSlices(r blame.Result) []string {
	var out []string
	for _, e := range r.Hunks {
		if e.Verdict != blame.Worse && e.Verdict != blame.Better {
			continue
		}
		var parts []string
		for _, s := range e.Slices {
			parts = append(parts, fmt.Sprintf("%s %s (%s)", s.Value, Signed(s.Effect), Between(s.CI, true)))
		}
		if len(parts) > 0 {
			out = append(out, fmt.Sprintf("Hunk %d by type: %s. Not a significance test.", e.Hunk, strings.Join(parts, ", ")))
		}
	}
	return out
}
