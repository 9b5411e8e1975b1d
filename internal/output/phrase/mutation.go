package phrase

import (
	"fmt"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/mutation"
)

// MutationHeadline says how many mutants a suite notices.
func MutationHeadline(r mutation.Result) string {
	mutants := wording.Count(len(r.Mutants), "mutant")
	if r.Plan != nil {
		return fmt.Sprintf("%s of %s on %s %s at most %s.", mutants, r.Prompt, r.Suite, takes(len(r.Mutants)),
			wording.Count(r.Calls, "call"))
	}
	if r.Score == nil {
		return fmt.Sprintf("No mutant of %s was asked.", r.Prompt)
	}
	return fmt.Sprintf("%s notices %d of %s of %s: mutation score %s, 95%% interval %s.", r.Suite, r.Noticed,
		wording.Count(r.Noticed+r.Survived, "mutant"), r.Prompt, Share(r.Score), Between(r.CI, false))
}

func takes(n int) string {
	if n == 1 {
		return "takes"
	}
	return "take"
}

// MutationBasis says what a result rests on.
func MutationBasis(r mutation.Result) []string {
	calls := fmt.Sprintf("%s made, %s replayed", wording.Count(r.Calls, "call"), wording.Count(r.Replayed, "reply"))
	if r.Plan != nil {
		calls = "nothing is sent now"
	}
	out := []string{fmt.Sprintf("%s · %s a mutant at most · %s", r.Model, wording.Count(r.Cases, "case"), calls)}
	if r.Status != runfile.Complete {
		out = append(out, fmt.Sprintf("The runs are %s: run the same command again to go on.", r.Status))
	}
	if r.Apart > 0 {
		out = append(out, fmt.Sprintf("Of each group of paraphrases one case is asked; %s left out.",
			areLeft(r.Apart, "further case")))
	}
	if r.Sealed > 0 {
		out = append(out, areLeft(r.Sealed, "sealed case")+" left out.")
	}
	return out
}

func areLeft(n int, noun string) string { return wording.Count(n, noun) + " " + wording.Verb(n, "are") }

// MutationPlan says what the calls would cost.
func MutationPlan(r mutation.Result) []string {
	p := r.Plan
	out := []string{fmt.Sprintf("%s for the original, %d for the mutants, %d for the controls; a mutant stops once it is "+
		"decided, so that many take fewer", wording.Count(p.Original, "call"), p.Mutants, p.Controls)}
	tokens, cost := "unknown", "unknown"
	if p.Tokens != nil {
		tokens = fmt.Sprintf("%.0f", *p.Tokens)
	}
	if p.Cost != nil {
		cost = fmt.Sprintf("%.4f", *p.Cost)
	}
	out = append(out, fmt.Sprintf("tokens at most %s · cost at most %s", tokens, cost))
	out = append(out, ToolRounds(p.Rounds)...)
	if p.Judging > 0 {
		out = append(out, fmt.Sprintf("The judge is asked up to %s more; the tokens and the cost do not include that.",
			wording.Count(p.Judging, "time")))
	}
	return append(out, unusedRules(r)...)
}

func unusedRules(r mutation.Result) []string {
	if len(r.Without) == 0 {
		return nil
	}
	names := make([]string, len(r.Without))
	for i, rule := range r.Without {
		names[i] = string(rule)
	}
	return []string{fmt.Sprintf("No mutant by %s: the prompt has nothing that %s.", wording.List(names),
		map[bool]string{true: "this rule changes", false: "these rules change"}[len(names) == 1])}
}

// A MutationRow is a mutant in words.
type MutationRow struct {
	ID, Where, Text, Outcome, By, Cases, Calls string
	IsNoticed, Survives                        bool
}

// MutationRows are the mutants in their order.
func MutationRows(list []mutation.Outcome) []MutationRow {
	out := make([]MutationRow, len(list))
	for i, m := range list {
		row := MutationRow{ID: m.ID, Where: m.Where, Text: m.Text, Outcome: "not run", Calls: fmt.Sprint(m.Calls)}
		if m.Cases > 0 {
			row.Outcome = "not decided"
		}
		if m.Noticed != nil {
			row.Cases = fmt.Sprint(m.Cases)
			row.IsNoticed, row.Survives = *m.Noticed, !*m.Noticed
			row.Outcome = map[bool]string{true: "noticed", false: "survives"}[*m.Noticed]
			row.By = noticedBy(m)
		}
		out[i] = row
	}
	return out
}

// noticedBy names the graders that show a mutant, each with the types that got worse.
func noticedBy(m mutation.Outcome) string {
	var parts []string
	for _, g := range m.By {
		var types []string
		for _, s := range m.Slices {
			if s.Grader == g {
				types = append(types, fmt.Sprintf("%s %s%d/%d", s.Value, Minus, s.NewlyFail, s.Cases))
			}
		}
		if len(types) > 0 {
			g += " (" + strings.Join(types, ", ") + ")"
		}
		parts = append(parts, g)
	}
	return strings.Join(parts, "; ")
}

// MutationNotes say how far to trust a result.
func MutationNotes(r mutation.Result) []string {
	var out []string
	if r.Score != nil {
		out = append(out, "A mutant is noticed if its verdict is regressed, or if a gate by type on a gating grader fails. "+
			"The interval (Wilson) is that of the share among mutants like these.")
	}
	switch c := r.Controls; {
	case c.Run == 0:
		out = append(out, "No control was run, so that drift or chance may pass for a broken prompt.")
	case c.Noticed == 0:
		out = append(out, fmt.Sprintf("%s with the unchanged prompt: not noticed, as it should be.",
			wording.Count(c.Run, "control")))
	default:
		out = append(out, fmt.Sprintf("%d of %s with the unchanged prompt %s noticed: replies vary or the model has "+
			"drifted, so the score claims too much.", c.Noticed,
			wording.Count(c.Run, "control"), wording.Verb(c.Noticed, "are")))
	}
	if r.Left > 0 && r.Score != nil {
		out = append(out, fmt.Sprintf("%s not run or not decided.", areLeft(r.Left, "mutant")))
	}
	return append(out, unusedRules(r)...)
}

// A Survivor is a mutant that is not noticed, with what would notice it.
type Survivor struct {
	ID, What string
	Advice   []string
}

// Survivors are the mutants that are not noticed.
func Survivors(r mutation.Result) (out []Survivor) {
	for _, m := range r.Mutants {
		if m.Noticed != nil && !*m.Noticed {
			out = append(out, Survivor{ID: m.ID, What: MutantText(m.Mutant), Advice: m.Advice})
		}
	}
	return out
}

// MutantText says what a mutant lacks or changes, in one line.
func MutantText(m mutation.Mutant) string {
	const most = 80 // letters
	text := []rune(strings.Join(strings.Fields(m.Text), " "))
	if len(text) > most {
		text = append(text[:most], '…')
	}
	if len(text) == 0 {
		return m.Where
	}
	return m.Where + ": " + string(text)
}

// MutationVerdict is a mutant's verdict in words; empty where there is none.
func MutationVerdict(m mutation.Outcome) string {
	if m.Verdict == nil {
		return ""
	}
	return m.Verdict.Words()
}
