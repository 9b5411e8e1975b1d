package resultschema_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/resultschema"
)

var update = flag.Bool("update", false, "write the schemas of results in docs/schema anew")

const root = "../../.."

func TestSchemasAreThoseOfTheTypes(t *testing.T) {
	t.Parallel()
	for _, r := range resultschema.Results() {
		want, err := resultschema.Generate(r, root)
		require.NoError(t, err, r.Name)
		path := filepath.Join(root, "docs", "schema", r.Name+".schema.json")
		if *update {
			require.NoError(t, os.WriteFile(path, want, 0o600))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "write it anew: go test ./internal/testing/resultschema -update")
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(got))
		require.NoError(t, err)
		c := jsonschema.NewCompiler()
		require.NoError(t, c.AddResource(path, doc))
		_, err = c.Compile(path)
		require.NoError(t, err, r.Name)
	}
}

// Every schema is in the table of the page, which links to it.
func TestPageListsTheSchemas(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "schema", "README.md"))
	require.NoError(t, err)
	for _, r := range resultschema.Results() {
		require.Contains(t, string(page), "["+r.Name+".schema.json]("+r.Name+".schema.json)")
		for _, command := range r.Commands {
			require.Contains(t, string(page), "`"+command, r.Name)
		}
	}
}
