package graders

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders/similarity"
)

const nameSimilar = "similar"

func similarBuiltIn() BuiltIn {
	return BuiltIn{
		Name: nameSimilar, Text: "Whether the reply means the same as a reference text, by embeddings: {min: 0.8}.",
		Expect: referenceExpectation(), Embeds: true,
		params: func() []param {
			return []param{toParam(), leastParam(isRequired)}
		},
		build: func(p params) (Grader, error) { return Similar(p.reference(), p.asked.Embedder) },
	}
}

// Similar returns the grader "similar": the cosine of the vectors of the reply without its thinking and of the nearest
// reference text, 0 where it is negative. It passes, applies and reports mistakes as [Rouge] does. Without an embedder,
// or where that has no vector, it is unscored.
func Similar(r Reference, by Embedder) (Grader, error) {
	var m mistakes
	r.check(&m, Words)
	r.needsLeast(&m)
	if err := m.err(); err != nil {
		return nil, err
	}
	params := struct {
		To  []string `json:"to,omitempty"`
		Min *float64 `json:"min"`
	}{r.To, r.Min}
	spec := Spec{Name: nameSimilar, Version: 1, Params: canonical(params)}
	if by != nil {
		spec.Says = by.Name()
	}
	return similar{spec: spec, reference: r, by: by}, nil
}

type similar struct {
	spec      Spec
	reference Reference
	by        Embedder
}

func (g similar) Spec() Spec { return g.spec }

func (g similar) Grade(ctx context.Context, s Sample) ([]Score, error) {
	out, err := g.grade(ctx, s)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, fmt.Errorf("grading %s: %w", nameSimilar, err)
	}
	return []Score{out.withGrader(nameSimilar)}, nil
}

func (g similar) grade(ctx context.Context, s Sample) (Score, error) {
	texts := slices.Concat(g.reference.To, s.Expect.Reference)
	if done, ok := withoutMeasure(s, texts); ok {
		return done, nil
	}
	if g.by == nil {
		return Unscored("no model of embeddings is asked here"), nil
	}
	reply := strings.TrimSpace(s.Reply.Text)
	vectors := make([][]float32, 0, len(texts)+1)
	for _, text := range append([]string{reply}, texts...) {
		e, err := g.by.Embed(ctx, s, strings.TrimSpace(text))
		switch {
		case errors.Is(err, ErrStopped):
			return Score{}, err
		case err != nil:
			return Broken("asking for an embedding: " + err.Error()), nil //nolint:nilerr // the score tells it
		case e.Broken:
			return Broken(e.Unscored), nil
		case e.Unscored != "":
			return Unscored(e.Unscored), nil
		case len(vectors) > 0 && len(e.Vector) != len(vectors[0]):
			return Broken(fmt.Sprintf("the vectors of the reply and of a reference have %d and %d numbers, "+
				"so they do not compare", len(vectors[0]), len(e.Vector))), nil
		}
		vectors = append(vectors, e.Vector)
	}
	next := 0
	return nearestOf(func(_, _ string) nearness {
		next++
		cosine, ok := similarity.Cosine(vectors[0], vectors[next])
		if !ok {
			return nearness{why: "the vectors of the two texts do not compare: one is zero"}
		}
		return g.reference.least(max(0, cosine), "cosine")
	})(reply, texts).score(), nil
}
