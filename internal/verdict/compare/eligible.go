package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/summary"
)

// A Refusal says why two runs must not be compared: the result would not be about
// the prompt.
type Refusal struct {
	Reason string
	Hint   string // what to do instead

	IsSamePrompt bool // base and head send the same
}

// Error renders the refusal in one line.
func (r *Refusal) Error() string {
	if r.Hint == "" {
		return r.Reason
	}
	return r.Reason + "; " + r.Hint
}

// eligible refuses runs that must not be compared. For others it returns notes on
// how they differ.
func eligible(base, head *runfile.Run, o Options) ([]string, error) {
	b, h := base.Header, head.Header
	var notes []string
	other := otherModel(b.Model, h.Model)
	switch {
	case other != "" && !o.AllowModel && !o.Variants:
		return nil, &Refusal{
			Reason: "the runs differ in more than the prompt: " + other,
			Hint: fmt.Sprintf("the models differ, so the prompt may not be the cause; run %s on %s, "+
				"compare runs of one model, or pass --allow model", h.Prompt.Name, cmp.Or(b.Model.Name, b.Model.ID)),
		}
	case other != "" && o.Variants && b.Prompt.Hash != h.Prompt.Hash:
		notes = append(notes, "the prompt and the model differ, so either may be the cause of a difference")
	case other != "" && o.Variants && b.Model.ID == h.Model.ID:
		notes = append(notes, "the models have one id and differ otherwise: "+other)
	case other != "" && !o.Variants:
		notes = append(notes, "allowed: the runs differ in more than the prompt: "+other)
	case (o.Drift || o.Variants) && b.Run == h.Run:
		return nil, &Refusal{
			Reason: "base and head are one run, " + b.Run, Hint: "run the revision again, with --fresh to see drift",
		}
	case slices.Contains(b.Pooled, h.Run) || slices.Contains(h.Pooled, b.Run):
		return nil, &Refusal{
			Reason: fmt.Sprintf("run %s and run %s share replies: one pools the other", b.Run, h.Run),
			Hint:   "run the revision again, with --fresh",
		}
	case b.Prompt.Hash == h.Prompt.Hash && !o.Noise && !o.Drift && !o.mayBeVariants(b, h):
		return nil, &Refusal{
			Reason: fmt.Sprintf("%s and %s are the same prompt: their files send the same messages and parameters",
				b.Prompt.Name, h.Prompt.Name),
			Hint:         "use noise to see how far a revision differs from itself",
			IsSamePrompt: true,
		}
	}
	if b.Redacted != nil || h.Redacted != nil {
		note, err := redacted(b, h)
		if err != nil {
			return nil, err
		}
		notes = append(notes, note)
	}
	if what := gradedOtherwise(b, h); what != "" {
		return nil, &Refusal{
			Reason: "the runs were graded differently: " + what, Hint: "grade both by one suite first, with regrade",
		}
	}
	notes = append(append(notes, pooledRuns("base", b)...), pooledRuns("head", h)...)
	if b.Prompt.Hash == h.Prompt.Hash && !o.Noise && !isOtherModel(b, h) {
		notes = append(notes, drift(head))
	}
	if other := otherParams(b.Model.Params, h.Model.Params); len(other) > 0 {
		notes = append(notes, "parameters differ, base against head: "+strings.Join(other, ", "))
	}
	if b.Suite.Name != h.Suite.Name {
		notes = append(notes, fmt.Sprintf("the base ran suite %s, the head suite %s", b.Suite.Name, h.Suite.Name))
	}
	if b.Trials != h.Trials {
		notes = append(notes,
			fmt.Sprintf("the base has %s per case, the head has %d", wording.Count(b.Trials, "trial"), h.Trials))
	}
	if base.Status() != runfile.Complete {
		notes = append(notes, "the base run is "+endOf(base))
	}
	if head.Status() != runfile.Complete {
		notes = append(notes, "the head run is "+endOf(head))
	}
	return notes, nil
}

// redacted refuses redacted runs unless both have the same markers for the same
// texts: inputs cannot be paired otherwise.
func redacted(b, h runfile.Header) (string, error) {
	again := "redact both at once: promptbench runs redact BASE HEAD"
	switch {
	case b.Redacted == nil || h.Redacted == nil:
		one := b
		if one.Redacted == nil {
			one = h
		}
		reason := fmt.Sprintf("run %s is redacted and the other is not, so their inputs cannot be paired", one.Run)
		return "", &Refusal{Reason: reason, Hint: again}
	case b.Redacted.Key != h.Redacted.Key:
		return "", &Refusal{Reason: "the runs were redacted by different keys, so their inputs cannot be paired", Hint: again}
	}
	return "both runs are redacted: markers replace their texts", nil
}

// pooledRuns names the runs whose trials a side holds, if there are several.
func pooledRuns(side string, h runfile.Header) []string {
	if len(h.Pooled) < 2 {
		return nil
	}
	return []string{fmt.Sprintf("the %s pools %s: %s", side, wording.Count(len(h.Pooled), "run"), wording.List(h.Pooled))}
}

// drift says what a comparison of two runs of one prompt can show.
func drift(head *runfile.Run) string {
	s := "base and head are runs of the same prompt: a difference comes from the model or chance"
	if basis := summary.BasisOf(head); basis.Replayed > 0 {
		s += fmt.Sprintf("; %d of the head's %d replies are replayed and cannot show drift", basis.Replayed, basis.Replies)
	}
	return s
}

// notes are the notes on pairs and gates.
func (p *pairing) notes(o Options) []string {
	var notes []string
	if o.Exploratory {
		notes = append(notes, "exploratory: the cases were chosen after a run of all of them; "+
			"confirm the result on other cases")
	}
	if p.expect > 0 {
		notes = append(notes, fmt.Sprintf("%s different expectations in the two runs",
			wording.Count(p.expect, "case")+" "+wording.Verb(p.expect, "have")))
	}
	for _, name := range o.Gating {
		if !slices.Contains(p.names, name) {
			notes = append(notes, fmt.Sprintf("a gate names %s, which neither run scored", name))
		}
		if reason := o.Reliability[name].Shortfall; reason != "" {
			notes = append(notes, fmt.Sprintf("a gate names %s, which cannot gate: %s", name, reason))
		}
	}
	return notes
}

// gradedOtherwise says how the grading of two runs differs, or nothing.
func gradedOtherwise(b, h runfile.Header) string {
	if !reflect.DeepEqual(b.Reply, h.Reply) {
		return "their replies were read by different rules"
	}
	if b.ReaderVersion() != h.ReaderVersion() {
		return fmt.Sprintf("their replies were read by version %d and version %d of the reader",
			b.ReaderVersion(), h.ReaderVersion())
	}
	for _, spec := range h.Graders {
		i := slices.IndexFunc(b.Graders, func(s graders.Spec) bool { return s.Name == spec.Name })
		switch {
		case i < 0: // its scores are missing at the base, and left out
		case b.Graders[i].Version != spec.Version:
			return fmt.Sprintf("%s by version %d and version %d", spec.Name, b.Graders[i].Version, spec.Version)
		case !bytes.Equal(b.Graders[i].Params, spec.Params):
			return spec.Name + " by different parameters"
		case b.Graders[i].Says != spec.Says:
			return fmt.Sprintf("%s by a command or a model that was %s and is %s",
				spec.Name, cmp.Or(b.Graders[i].Says, "unnamed"), cmp.Or(spec.Says, "unnamed"))
		}
	}
	return ""
}

// otherParams lists the parameters in which two models differ, each by its name and what it
// is on both sides.
func otherParams(b, h params.Params) []string {
	base, head := fields(b), fields(h)
	names := slices.AppendSeq(slices.Collect(maps.Keys(base)), maps.Keys(head))
	slices.Sort(names)
	var out []string
	for _, name := range slices.Compact(names) {
		x, y := cmp.Or(string(base[name]), "unset"), cmp.Or(string(head[name]), "unset")
		if x != y {
			out = append(out, fmt.Sprintf("%s %s against %s", name, x, y))
		}
	}
	return out
}

// fields are the parameters as a run file holds them.
func fields(p params.Params) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	var data bytes.Buffer
	enc := json.NewEncoder(&data)
	enc.SetEscapeHTML(false) // a stop such as <|im_end|> is for people to read
	err := enc.Encode(p)
	if err == nil {
		err = json.Unmarshal(data.Bytes(), &out)
	}
	if err != nil { // not from a run file: what JSON can't hold has no field there
		return nil
	}
	return out
}

// endOf says how a run ended that is not complete.
func endOf(run *runfile.Run) string {
	status := string(run.Status())
	switch {
	case run.End == nil && run.Torn:
		return status + ": it has no end line, and its last line is cut off"
	case run.End == nil:
		return status + ": it has no end line"
	case run.Status() == runfile.Interrupted:
		return status
	}
	planned := run.Planned() * max(1, run.Header.Trials)
	return status + ": " + cmp.Or(run.End.Reason, fmt.Sprintf("it has %d of %d trials", len(run.Trials), planned))
}

func otherModel(b, h runfile.Model) string {
	var what []string
	if b.ID != h.ID {
		what = append(what, fmt.Sprintf("model %s against %s", b.ID, h.ID))
	}
	if b.Endpoint != h.Endpoint {
		what = append(what, fmt.Sprintf("endpoint %s against %s", b.Endpoint, h.Endpoint))
	}
	if b.API != h.API {
		what = append(what, fmt.Sprintf("API %s against %s", cmp.Or(b.API, config.Chat), cmp.Or(h.API, config.Chat)))
	}
	return strings.Join(what, ", ")
}

// overlap refuses runs that share too few cases.
func overlap(pairs int, c Changes) error {
	all := pairs + len(c.Added) + len(c.Removed) + len(c.Changed)
	if all == 0 {
		return &Refusal{Reason: "neither run has a case", Hint: "run the suite first"}
	}
	if float64(pairs) >= DefaultOverlap*float64(all)-1e-9 {
		return nil
	}
	return &Refusal{
		Reason: fmt.Sprintf("only %d of %d cases are in both runs with the same input (%d added, %d removed, %d changed)",
			pairs, all, len(c.Added), len(c.Removed), len(c.Changed)),
		Hint: fmt.Sprintf("at least %.0f%% must be; run both revisions over the same suite, "+
			"and name it with --suite if there are several", 100*DefaultOverlap),
	}
}
