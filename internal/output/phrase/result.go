package phrase

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// RunBasis says which replies, model, suite and judge a run has.
func RunBasis(s summary.Summary) []string {
	out := []string{
		fmt.Sprintf("%s%s, %s; %s made", drawnBefore(s.Draw, s.Cases), Basis(s.Basis, s.Cases*max(1, s.Trials)),
			ModelAt(s.Model, s.Endpoint), wording.Count(s.Basis.Calls, "call")),
		fmt.Sprintf("%s on %s · %s · %s", s.Prompt, s.Suite, CasesAndTrials(s.Cases, s.Trials), Usage(s.Usage)),
	}
	if s.Judging != nil {
		out = append(out, Judging(s.Judging))
	}
	if s.Embedding != nil {
		out = append(out, embedding(s.Embedding))
	}
	return append(out, RunNotes(s)...)
}

// Redacted says that a run is redacted, or nothing if it is not.
func Redacted(s summary.Summary) []string {
	if s.Redacted == "" {
		return nil
	}
	return []string{"redacted: markers replace the texts of run " + s.Redacted}
}

// RunTroubles says what a run lacks, or nothing if it is complete.
func RunTroubles(s summary.Summary) []string {
	var out []string
	switch {
	case s.Status == runfile.Interrupted:
		out = append(out, "This run was interrupted.")
	case s.Status != runfile.Complete:
		out = append(out, fmt.Sprintf("This run is %s: %s.", s.Status, strings.TrimSuffix(s.Reason, ".")))
	}
	if s.Basis.Replies == 0 && len(s.Failed) > 0 { // [FailedCases] says that no reply came
		if why := commonError(s.Failed); !strings.Contains(s.Reason, why) {
			out = append(out, fmt.Sprintf("Every call failed, most often: %s.", why))
		}
		return out
	}
	for _, failed := range []struct {
		trials int
		what   string
	}{{s.Errors - s.Broken, "no score because the call failed"}, {s.Broken, "no score of a grader that failed"}} {
		if n := failed.trials; n > 0 {
			out = append(out, fmt.Sprintf("%s %s %s.", wording.Count(n, "trial"), wording.Verb(n, "have"), failed.what))
		}
	}
	return slices.Concat(out, unusedLabels(s), unreadable(s.Unread, s.Suite, s.Run))
}

// attempts ends an error that came after several attempts, whose number says nothing of the reason.
var attempts = regexp.MustCompile(` \(after \d+ attempts\)$`)

// commonError returns the most frequent error of cases, of equally frequent ones the first.
func commonError(cases []summary.Case) (most string) {
	counts := map[string]int{}
	for _, c := range cases {
		why := strings.TrimSuffix(attempts.ReplaceAllString(c.Error, ""), ".")
		if counts[why]++; counts[why] > counts[most] {
			most = why
		}
	}
	return most
}

// unreadable says how many replies of a run could not be read, the most frequent reason and what to do; nothing unless
// they are more than half.
func unreadable(u *summary.Unreadable, suite, run string) []string {
	if u == nil || 2*u.Replies <= u.Of {
		return nil
	}
	out := fmt.Sprintf("%d of the %s could not be read, ", u.Replies, wording.Count(u.Of, "reply"))
	switch {
	case u.Of == 1:
		out = "The only reply could not be read: "
	case u.Replies == u.Of:
		out = fmt.Sprintf("None of the %d replies could be read, ", u.Of)
	}
	if u.Of > 1 {
		out += "most often: "
	}
	return []string{fmt.Sprintf("%s%s. Check reply: in the suite %s, or promptbench show %s --failed.",
		out, strings.TrimSuffix(u.Defect, "."), suite, run)}
}

// ComparisonBasis describes the data of a comparison: the pairs, both sides, what
// is not paired, and the notes. Calls says that the command has just made the runs,
// so that their calls are worth naming.
func ComparisonBasis(c *compare.Comparison, calls bool) []string {
	out := []string{
		fmt.Sprintf("%s · %s", Pairs(c), Models(c)),
		side(c.Base, calls),
		side(c.Head, calls),
		Metrics(c),
	}
	for _, s := range []compare.Side{c.Base, c.Head} {
		for _, why := range unreadable(s.Unread, c.Suite, s.Run) {
			out = append(out, s.Name+": "+why)
		}
	}
	out = append(out, judgings(c)...)
	out = append(out, Statements(c)...)
	out = append(out, Unpaired(c.Changes)...)
	for _, note := range c.Notes {
		out = append(out, "note: "+note)
	}
	return out
}

// Pairs counts the cases that are paired, the units if paraphrases are grouped, and the cases that are scored on both
// sides if every grader left some out.
func Pairs(c *compare.Comparison) string {
	out := wording.Count(c.Pairs, "case") + " paired"
	if units := c.Units(); units < c.Pairs {
		out += fmt.Sprintf(" (%d where a group of paraphrases counts as one)", units)
	}
	scored := 0
	for _, g := range c.Graders {
		if g.LeftOut == 0 {
			return out
		}
		scored = max(scored, g.Cases)
	}
	if scored > 0 {
		out += fmt.Sprintf(", %d scored on both sides", scored)
	}
	return out
}

// fewNames is how many cases a sentence names.
const fewNames = 5

// Unpaired names the cases that are not paired.
func Unpaired(c compare.Changes) []string {
	var out []string
	for _, list := range []struct {
		what  string
		cases []string
	}{{"added", c.Added}, {"removed", c.Removed}, {"changed", c.Changed}} {
		if len(list.cases) == 0 {
			continue
		}
		shown, more := list.cases, ""
		if len(shown) > fewNames {
			more = fmt.Sprintf(" and %d more", len(shown)-fewNames)
			shown = shown[:fewNames]
		}
		out = append(out, fmt.Sprintf("not paired, %s: %s%s", list.what, strings.Join(shown, ", "), more))
	}
	return out
}

// Metrics says in one line how far tokens, latency and cost changed.
func Metrics(c *compare.Comparison) string {
	parts := make([]string, len(c.Metrics))
	for i, m := range c.Metrics {
		parts[i] = m.Metric + " " + metric(m, c.Pairs)
	}
	return strings.Join(parts, " · ")
}

func metric(m compare.Metric, pairs int) string {
	if m.BaseMean == nil || m.HeadMean == nil {
		return "unknown"
	}
	out := amount(m.Metric, *m.BaseMean) + " → " + amount(m.Metric, *m.HeadMean)
	if m.Metric == config.Latency {
		out = amount(m.Metric, *m.BaseMean/1000) + " → " + amount(m.Metric, *m.HeadMean/1000) + " s"
	}
	out += " a case"
	var notes []string
	if m.Change != nil {
		notes = append(notes, summary.Percent(*m.Change))
	}
	if m.CI != nil && m.Metric == config.Latency { // the others hardly vary
		notes = append(notes, "95% interval "+summary.Percent(m.CI[0])+"…"+summary.Percent(m.CI[1]))
	}
	if m.LeftOut > 0 {
		notes = append(notes, fmt.Sprintf("known for %d of %d", m.Cases, pairs))
	}
	if len(notes) > 0 {
		out += " (" + strings.Join(notes, ", ") + ")"
	}
	return out
}

// amount prints what a reply takes of a metric, of its cost and latency the first three digits.
func amount(metric string, v float64) string {
	digits := 0
	if metric != config.Tokens && v > 0 {
		digits = max(0, 2-int(math.Floor(math.Log10(v))))
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// Warnings are the warnings of the gating graders, and the cases left out of any. Graders
// with the same warning share a line.
func Warnings(graders []compare.Grader) []string {
	var texts []string
	names := map[string][]string{}
	add := func(grader, text string) {
		if names[text] == nil {
			texts = append(texts, text)
		}
		names[text] = append(names[text], grader)
	}
	for _, g := range graders {
		if g.LeftOut > 0 && !strings.Contains(strings.Join(g.Warnings, " "), "left out") {
			add(g.Grader, wording.Count(g.LeftOut, "case")+" left out, not scored on both sides")
		}
		if !g.Gating {
			continue
		}
		for _, warning := range g.Warnings {
			add(g.Grader, warning)
		}
		if fixed := g.NewlyPass - g.NewlyFail; g.IsSignificant() && cmp.Compare(fixed, 0) != cmp.Compare(*g.Delta, 0) {
			add(g.Grader, fmt.Sprintf("partial points count: they rise in %s and fall in %d",
				wording.Count(g.Better, "case"), g.Worse))
		}
	}
	for i, text := range texts {
		texts[i] = wording.List(names[text]) + ": " + text
	}
	return texts
}

// ChangedCases titles a list of the cases that changed, of at most limit if it is not
// negative, and returns how many it has. Of a comparison that breaks types, or fixes some,
// they are the cases that the headline counts.
func ChangedCases(c *compare.Comparison, limit int) (title string, rows int) {
	if limit < 0 {
		return FlipCounts(c) + "; all cases, the worst first", limit
	}
	worse, better := c.NamedTypes()
	for _, named := range []struct {
		slices []compare.TypeSlice
		verb   string
		count  func(compare.TypeSlice) int
	}{
		{worse, "breaks", func(s compare.TypeSlice) int { return s.NewlyFail }},
		{better, "fixes", func(s compare.TypeSlice) int { return s.NewlyPass }},
	} {
		var types []string
		n := 0
		for _, s := range named.slices {
			types, n = append(types, s.Value), n+named.count(s)
		}
		if n > 0 {
			of := fmt.Sprintf("%s %s that %s %s", wording.Quotes(types), wording.Noun(n, "case"), c.Head.Name, named.verb)
			if n > limit {
				return fmt.Sprintf("%d of the %d %s", limit, n, of), limit
			}
			return fmt.Sprintf("All %d %s", n, of), n
		}
		if c.NewlyFail > 0 && named.verb == "breaks" {
			break // what newly fails comes first
		}
	}
	if changed := c.Changed(); changed > limit {
		return fmt.Sprintf("%s; the worst %d", FlipCounts(c), limit), limit
	}
	return FlipCounts(c) + "; those that changed, the worst first", limit
}

// FlipCounts says how many cases newly fail some grader, and how many newly pass one.
func FlipCounts(c *compare.Comparison) string {
	return fmt.Sprintf("%s newly %s some grader, %d newly %s one",
		wording.Count(c.NewlyFail, "case"), wording.Verb(c.NewlyFail, "fail"), c.NewlyPass, wording.Verb(c.NewlyPass, "pass"))
}

// FailedCases counts the cases of a run that fail a grader or ended in an error, and those that are not finished.
func FailedCases(s summary.Summary) string {
	n, of := len(s.Failed), wording.Count(s.Cases, "case")
	if n > 0 && s.Basis.Replies == 0 {
		return "No reply came for " + of
	}
	if s.Done < s.Cases {
		of = wording.Count(s.Done, "finished case")
	}
	out := fmt.Sprintf("%d of %s %s a grader", n, of, wording.Verb(n, "fail"))
	switch isUnscored := func(g summary.Grader) bool { return g.Unscored > 0 }; {
	case slices.ContainsFunc(s.Failed, func(c summary.Case) bool { return c.Error != "" }):
		out += " or " + wording.Verb(n, "have") + " errors"
	case n == 0 && s.Done == 0 && s.Cases > 0:
		return "No case is finished"
	case n == 0 && s.Done < s.Cases:
		out = "None of " + of + " fails"
	case n == 0 && slices.ContainsFunc(s.Graders, isUnscored):
		out = "No case fails, but scores are missing"
	case n == 0:
		out = "No case fails"
	}
	if s.Done < s.Cases {
		out += fmt.Sprintf("; %s %s not finished", wording.Count(s.Cases-s.Done, "case"), wording.Verb(s.Cases-s.Done, "are"))
	}
	return out
}

// FailedGraders names the graders that a case fails, or its error.
func FailedGraders(c summary.Case) string {
	if c.Error != "" {
		return "error: " + c.Error
	}
	return strings.Join(c.Failed, ", ")
}
