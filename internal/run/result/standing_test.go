package result_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/verdict/compare"
)

// A run stands against the baseline of its suite and model, else against the run
// before of another prompt; never against itself or what is not whole.
func TestStandings(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	found, err := runfile.Find(filepath.Join(root, "runs", "recorded"), func(h runfile.Header) bool {
		return !h.OfJudge() && h.Model.ID == "gemma-3-270m"
	})
	require.NoError(t, err)
	byName := map[string]int{}
	for i, f := range found {
		byName[f.Header.Prompt.Name] = i
	}
	p, err := project.Settings(project.Options{Config: filepath.Join(root, "promptbench.yaml")})
	require.NoError(t, err)
	bases := func(all []runfile.Found) (out string) {
		did := result.Standings(t.Context(), p, all, all)
		for _, f := range all {
			s := did[f.Path]
			if f.Header.Suite.Name != "subtodos" {
				continue
			}
			require.Equal(t, 168, s.Cases)
			require.Equal(t, "case_type", s.Scores[0].Grader)
			require.Equal(t, s.Base != "", s.Verdict != nil)
			out += " " + f.Header.Prompt.Name + "<" + s.BaseName
		}
		return strings.TrimSpace(out)
	}
	require.Equal(t, "v1<v2 v2<v4 v4<v3 v3<", bases(found))

	two := []runfile.Found{found[byName["v1"]], found[byName["v2"]]}
	two[1].Status = runfile.Incomplete
	require.Equal(t, "v1< v2<", bases(two), "an incomplete run is no base and has no verdict")

	all := append([]runfile.Found{}, found...)
	baseline := found[byName["v3"]]
	baseline.Path = filepath.Join(root, "runs", "baseline.jsonl")
	if header, err := runfile.ReadHeader(baseline.Path); err == nil {
		baseline.Header = header
	}
	require.Contains(t, bases(append(all, baseline)), "v1<"+baseline.Header.Prompt.Name)
	require.Equal(t, compare.Standing{}, result.Standings(t.Context(), p, nil, []runfile.Found{{Path: "gone"}})["gone"])
}
