package graders_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// vectors is an embedder that knows some texts.
type vectors map[string]graders.Embedding

func (vectors) Name() string { return "test" }

func (v vectors) Embed(_ context.Context, _ graders.Sample, text string) (graders.Embedding, error) {
	switch e, ok := v[text]; {
	case text == "stop":
		return graders.Embedding{}, fmt.Errorf("the job ends: %w", graders.ErrStopped)
	case !ok:
		return graders.Embedding{}, errors.New("down")
	default:
		return e, nil
	}
}

func TestSimilarTakesTheNearestReference(t *testing.T) {
	t.Parallel()
	known := vectors{
		"가": {Vector: []float32{1, 0}}, "나": {Vector: []float32{0.6, 0.8}}, "반대": {Vector: []float32{-1, 0}},
		"long": {Unscored: "too long"}, "0": {Vector: []float32{0, 0}},
		"1": {Vector: []float32{1}},
	}
	grade := func(text string, to ...string) (graders.Score, error) {
		g, err := graders.New("similar", json.RawMessage(`{"min":0.6}`), graders.Models{Embedder: known})
		require.NoError(t, err)
		require.Equal(t, "test", g.Spec().Says)
		scores, err := g.Grade(t.Context(), graders.Sample{
			Expect: graders.Expect{Reference: to}, Reply: reply.Reply{Text: text},
		})
		if err != nil {
			return graders.Score{}, err
		}
		return scores[0], nil
	}
	for _, test := range []struct {
		text   string
		to     []string
		value  float64
		pass   bool
		reason string
	}{
		{" 가\n", []string{"가"}, 1, true, "cosine 1, expected at least 0.6"},
		{"가", []string{"반대", "나"}, 0.6, true, `cosine 0.6, expected at least 0.6; the nearest reference is "나"`},
		{"가", []string{"반대"}, 0, false, "cosine 0, expected at least 0.6"},
		{" ", []string{"가"}, 0, false, "the reply is empty"},
	} {
		got, err := grade(test.text, test.to...)
		require.NoError(t, err)
		require.InDelta(t, test.value, *got.Value, 1e-6)
		require.Equal(t, test.reason, got.Reason)
		require.Equal(t, test.pass, got.Pass, test.reason)
	}
	for text, want := range map[string]graders.Score{
		"down": {Grader: "similar", Unscored: "asking for an embedding: down", Broken: true},
		"long": {Grader: "similar", Unscored: "too long"},
		"1": {
			Grader:   "similar",
			Unscored: "the vectors of the reply and of a reference have 1 and 2 numbers, so they do not compare", Broken: true,
		},
		"0": {
			Grader:   "similar",
			Unscored: "the vectors of the two texts do not compare: one is zero",
		},
	} {
		got, err := grade(text, "가")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := grade("stop", "가")
	require.ErrorIs(t, err, graders.ErrStopped, "the trial has no outcome")
	got, err := grade("가")
	require.NoError(t, err)
	require.NotEmpty(t, got.NotApplicable)
}
