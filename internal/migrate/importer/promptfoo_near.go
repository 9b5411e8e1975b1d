package importer

import (
	"math"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// own is an expectation that is a grader with parameters.
func (f *promptfooConfig) own(s asserted, name string, params map[string]any) []expectation {
	raw, err := strictyaml.Canonical(params)
	if err == nil {
		_, err = graders.New(name, raw, graders.Models{})
	}
	if err != nil {
		f.lostAt(s.place, "%s is not carried over: %s", s.kind, err)
		return nil
	}
	return []expectation{{grader: &suite.CaseGrader{Name: name, Params: raw}, place: s.place}}
}

// setEmbeddings takes the model whose embeddings similar compares.
func (f *promptfooConfig) setEmbeddings(n strictyaml.Node) {
	if inner := n.Get("embedding"); inner.Kind() != strictyaml.None {
		n = inner
	}
	m, ok := f.model(f.deref(n), true)
	switch {
	case !ok:
	case f.Embeddings.ID == "":
		f.Embeddings = m
	case targetOf(m) != targetOf(f.Embeddings):
		f.lost(n, "%s is a second model of embeddings, which is not carried over: similar uses %s in all cases", m.ID,
			f.Embeddings.ID)
	}
}

// near is an assertion that holds a reply against reference texts.
func (f *promptfooConfig) near(s asserted) []expectation {
	texts := []string{s.text}
	if list, ok := s.value.([]any); ok {
		texts = nil
		for _, item := range list {
			texts = append(texts, asText(item))
		}
	}
	least, isNumber := number(s.threshold)
	threshold := func(usual float64) float64 {
		if s.threshold == nil {
			return usual
		}
		return least
	}
	switch {
	case s.not:
		f.lostAt(s.place, "not-%s is not carried over: write an expression for what the reply must not be", s.kind)
		return nil
	case s.threshold != nil && !isNumber:
		f.lostAt(s.place, "%s is not carried over: its threshold is %v", s.kind, s.threshold)
		return nil
	}
	switch s.kind {
	case "similar", "similar:cosine":
		return f.own(s, "similar", map[string]any{"to": texts, "min": threshold(0.75)})
	case "levenshtein":
		f.note(s.place, "levenshtein is edit_distance, which does not compare white space")
		return f.own(s, "edit_distance", map[string]any{"to": texts, "max": math.Floor(threshold(5))})
	case "rouge-n":
		f.note(s.place, "rouge-n is rouge with the measure rouge-1, whose words have no punctuation")
		return f.own(s, "rouge", map[string]any{"to": texts, "measure": "rouge-1", "min": threshold(0.75)})
	default: // bleu
		f.note(s.place, "bleu cuts words and smooths in its own way, so a value near the threshold can differ")
		return f.own(s, "bleu", map[string]any{"to": texts, "min": threshold(0.5)})
	}
}

// limit makes a threshold of the call one of a grader.
func (f *promptfooConfig) limit(s asserted) []expectation {
	n, ok := number(s.threshold)
	var most any = n
	if s.kind == "latency" {
		ok = ok && n >= 1 && n < 1e9
		most = (time.Duration(n) * time.Millisecond).String()
	}
	switch {
	case s.threshold == nil:
		f.lostAt(s.place, "%s without a threshold is not carried over: every report shows it", s.kind)
	case s.not:
		f.lostAt(s.place, "not-%s is not carried over: %s has no least value; read it in the report", s.kind, s.kind)
	case !ok || n < 0:
		f.lostAt(s.place, "%s is not carried over: its threshold is %v", s.kind, s.threshold)
	default:
		return f.own(s, s.kind, map[string]any{"max": most})
	}
	return nil
}
