package propose

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/suite"
	"promptbench/internal/testing/traffic"
)

// An export of 5,000 lines: no secret is left, near copies are grouped, no distinct input is dropped, and examples are
// not proposed. The same file gives the same result.
func TestTraffic(t *testing.T) {
	t.Parallel()
	examples := []string{"친구랑 약속", "토요일 오후 3시에 엄마 생신 선물 사러 백화점 가기", "Plan a picnic"}
	path := filepath.Join(t.TempDir(), "export.jsonl")
	file, err := os.Create(path)
	require.NoError(t, err)
	plant, err := traffic.Write(file, traffic.Mix{Lines: 5000, Secrets: 900, Copies: 900, Shown: 60, Examples: examples}, 1)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	o := Options{Suite: &suite.Suite{Path: "cases/s.yaml"}}
	for _, text := range examples {
		o.Examples = append(o.Examples, Example{"prompts/v1.prompt.yml", text})
	}
	result, err := From([]string{path}, o)
	require.NoError(t, err)
	data, err := result.YAML("s.yaml", o.Suite)
	require.NoError(t, err)
	all, err := result.JSON()
	require.NoError(t, err)
	left := 0
	for _, secret := range plant.Secrets {
		if strings.Contains(string(data), secret) || strings.Contains(string(all), secret) {
			t.Errorf("left: %s", secret)
			left++
		}
	}
	group := map[string]string{} // by folded input
	for _, c := range result.Cases {
		group[fold(c.Input)] = c.ID
		if c.Group != "" {
			group[fold(c.Input)] = c.Group
		}
	}
	for _, text := range plant.Distinct {
		require.NotEmpty(t, group[fold(text)], "dropped: %s", text)
	}
	for _, text := range plant.Shown {
		require.Empty(t, group[fold(text)])
	}
	grouped := 0
	for _, c := range plant.Copies {
		if group[fold(c[0])] == group[fold(c[1])] {
			grouped++
		}
	}
	require.GreaterOrEqual(t, float64(grouped)/float64(len(plant.Copies)), 0.95)
	t.Logf("%d of %d secrets left, %d of %d near copies grouped, %d distinct inputs kept, %d cases in %d groups",
		left, len(plant.Secrets), grouped, len(plant.Copies), len(plant.Distinct), len(result.Cases), result.Groups)

	again, err := From([]string{path}, o)
	require.NoError(t, err)
	twice, err := again.YAML("s.yaml", o.Suite)
	require.NoError(t, err)
	require.Equal(t, string(data), string(twice))
	var parsed map[string]any
	require.NoError(t, json.Unmarshal(all, &parsed))
}
