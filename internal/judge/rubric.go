package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/strictyaml"
)

// Criteria returns the criteria of a rubric that are put to a judge, given the
// specs of a suite or of a run.
func Criteria(specs []graders.Spec) []graders.Criterion {
	var out []graders.Criterion
	for _, spec := range specs {
		if spec.Name != "rubric" {
			continue
		}
		var params struct {
			Criteria []graders.Criterion `json:"criteria"`
		}
		if json.Unmarshal(spec.Params, &params) != nil {
			continue // of another program; it has no question that we could put
		}
		for _, c := range params.Criteria {
			if c.Question != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// RubricHash identifies what a judge is asked: the hex SHA-256 over the canonical
// JSON of the judged criteria by id, each with its question, options, anchors,
// passing options, judge, batch and votes. Which cases they apply to and how
// much they weigh leaves it unchanged, and so do criteria without a question.
func RubricHash(criteria []graders.Criterion) string {
	asked := make([]graders.Criterion, len(criteria))
	for i, c := range criteria {
		c.AppliesTo, c.Weight, c.Check = nil, 0, ""
		asked[i] = c
	}
	slices.SortFunc(asked, func(a, b graders.Criterion) int { return strings.Compare(a.ID, b.ID) })
	return hashOf(asked)
}

// QuestionHash identifies one criterion as a person answers it: its question,
// options, anchors and which options pass. How often and with what others a
// judge is asked leaves it unchanged.
func QuestionHash(c graders.Criterion) string {
	return hashOf(graders.Criterion{ID: c.ID, Question: c.Question, Options: c.Options, Anchors: c.Anchors, Pass: c.Pass})
}

func hashOf(v any) string {
	raw, err := strictyaml.Canonical(v)
	if err != nil { // criteria are texts and numbers, which always encode
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
