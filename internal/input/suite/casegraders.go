package suite

import (
	"encoding/json"
	"fmt"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// A CaseGrader is a grader that a case adds to those of its suite, in the form that a suite names one: a name, or a
// name with its parameters.
type CaseGrader struct {
	Name   string
	Params json.RawMessage // canonical JSON, or nil
}

// DecodeNode takes either form.
func (g *CaseGrader) DecodeNode(n strictyaml.Node) problem.List {
	var b graderBlock
	probs := b.DecodeNode(n)
	g.Name, g.Params = b.name, b.params
	return probs
}

// MarshalJSON gives the shorter form that holds all.
func (g CaseGrader) MarshalJSON() ([]byte, error) {
	if g.Params == nil {
		return json.Marshal(g.Name)
	}
	return json.Marshal(map[string]json.RawMessage{g.Name: g.Params})
}

// UnmarshalJSON takes either form.
func (g *CaseGrader) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &g.Name) == nil {
		return nil
	}
	var one map[string]json.RawMessage
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	for name, params := range one {
		raw, err := strictyaml.Canonical(params)
		if err != nil {
			return err
		}
		g.Name, g.Params = name, raw
	}
	if len(one) != 1 {
		return fmt.Errorf("expected one grader, found %d keys", len(one))
	}
	return nil
}

// Schema allows the name of a grader, or a name with its parameters.
func (*CaseGrader) Schema() map[string]any {
	names := caseGraderNames()
	return map[string]any{"oneOf": []any{
		map[string]any{"enum": names},
		map[string]any{
			"type": "object", "propertyNames": map[string]any{"enum": names}, "minProperties": 1, "maxProperties": 1,
		},
	}}
}

// caseGraderNames are the graders that a case can name.
func caseGraderNames() []string { return slices.DeleteFunc(graders.Names(), isForSuites) }

// isForSuites reports whether a case cannot name a grader: it gives several scores, or runs a program.
func isForSuites(name string) bool { return name == commandName || name == "rubric" }

// A caseScore gathers the graders of cases that give one score.
type caseScore struct {
	at    spot // of the first
	cases map[string]CaseGrader
	built map[string]graders.Grader
}

// graders checks the graders of a case, and keeps them by the score that they give.
func (c *caseChecker) graders(r record, fail func(message, hint string, path ...any)) {
	seen := map[string]bool{}
	for i, g := range r.Graders {
		switch {
		case g.Name == "": // decoding has said what is wrong
			continue
		case isForSuites(g.Name):
			fail("a case cannot have a grader "+g.Name,
				"name it in the suite's graders; a criterion can be for some types with applies_to", "graders", i)
			continue
		}
		built, err := graders.New(g.Name, g.Params, graders.Models{})
		if err != nil {
			c.graderErrors(err, func(message, hint string, path ...any) {
				at := []any{"graders", i}
				if len(path) > 0 {
					at = append(append(at, g.Name), path...)
				}
				fail(message, hint, at...)
			})
			continue
		}
		score := built.Spec().Name
		switch {
		case c.suiteScores[score]:
			fail(fmt.Sprintf("the suite has the grader %s already", score),
				"write what the case expects under expect, or name an expression: {name: …, check: …}", "graders", i)
			continue
		case seen[score]:
			fail(fmt.Sprintf("the grader %s appears twice", score), "its scores would have the same name", "graders", i)
			continue
		}
		seen[score] = true
		s := c.byScore[score]
		if s == nil {
			s = &caseScore{at: r.place("graders", i), cases: map[string]CaseGrader{}, built: map[string]graders.Grader{}}
			c.byScore[score] = s
		}
		s.cases[r.ID], s.built[r.ID] = g, built
	}
}

func (c *caseChecker) graderErrors(err error, fail func(message, hint string, path ...any)) {
	for _, e := range graders.ParamErrors(err) {
		fail((&graders.ParamError{Path: e.Path, Msg: e.Msg}).Error(), e.Hint, e.Path...)
	}
}

// addCaseGraders adds a grader to the suite for each score that graders of cases give.
func (s *Suite) addCaseGraders(byScore map[string]*caseScore) {
	for _, score := range sortedKeys(byScore) {
		of := byScore[score]
		spec := graders.ByCase(score, of.built).Spec()
		s.Graders = append(s.Graders, GraderEntry{
			Name: spec.Builder(), Score: score, Params: spec.Params, ByCase: of.cases,
			File: of.at.File, Line: of.at.Line, Column: of.at.Column,
		})
		s.specs = append(s.specs, spec)
	}
}

// buildByCase builds the grader of an entry of cases.
func buildByCase(e GraderEntry, asked graders.Models) (graders.Grader, error) {
	built := make(map[string]graders.Grader, len(e.ByCase))
	for id, g := range e.ByCase {
		one, err := graders.New(g.Name, g.Params, asked)
		if err != nil {
			return nil, fmt.Errorf("of the case %s: %w", id, err)
		}
		built[id] = one
	}
	return graders.ByCase(e.Score, built), nil
}
