package repo

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/models.md lists the ids of hosted models that examples may use, with the date they were checked: others may be
// retired. Services that are gone are not offered either.
func TestExamplesUseCurrentModels(t *testing.T) {
	t.Parallel()
	const page = "docs/models.md"
	texts := prose(t)
	_, table, ok := strings.Cut(texts[page], "## Model ids in the examples")
	require.True(t, ok)
	require.Regexp(t, `checked on 20\d\d-\d\d-\d\d`, table)
	hosted := regexp.MustCompile(`\b(?:gpt-[0-9][a-z0-9.-]*[a-z0-9]|claude-[a-z]+-[0-9][a-z0-9.-]*|gemini-[0-9][a-z0-9.-]*[a-z0-9]` +
		`|models\.github\.ai)`)
	for name, text := range texts {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, id := range hosted.FindAllString(text, -1) {
			require.Contains(t, table, "`"+id+"`", "%s names a model that docs/models.md does not list", name)
		}
	}
}
