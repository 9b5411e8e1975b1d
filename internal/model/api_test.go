package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func TestKeyTellsCallsApart(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, key := range []string{
		model.Key("a", "local", []byte(`{"model":"m"}`), 1), model.Key("b", "local", []byte(`{"model":"m"}`), 1),
		model.Key("a", "local", []byte(`{"model":"m"}`), 2), model.Key("a", "openai", []byte(`{"model":"m"}`), 1),
		model.Key("a", "local", []byte(`{"model":"m","seed":1}`), 1),
	} {
		require.Len(t, key, 64)
		require.False(t, seen[key])
		seen[key] = true
	}
}
