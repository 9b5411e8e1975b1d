// Package rubric names what a judge is asked: a version of a rubric, a single
// question, and how many calls they take. It is pure.
package rubric

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

// Hash identifies what a judge is asked: the hex SHA-256 over the canonical
// JSON of the judged criteria by id, each with its question, options, anchors,
// passing options, judge, batch and votes. Which cases they apply to and how
// much they weigh leaves it unchanged, and so do criteria without a question.
func Hash(criteria []graders.Criterion) string {
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

// Calls is how many calls a judge gets about one readable reply to a case that
// expects e, where each answer holds a verdict at once.
func Calls(criteria []graders.Criterion, e graders.Expect) int {
	n := 0
	type call struct {
		judge string
		votes int
	}
	together := map[call]bool{}
	for _, c := range criteria {
		batch := call{c.Judge, max(1, c.Votes)}
		if !c.Applies(e) || c.Batch && together[batch] {
			continue
		}
		n += batch.votes
		together[batch] = c.Batch || together[batch]
	}
	return n
}
