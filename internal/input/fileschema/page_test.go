package fileschema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/fileschema"
)

// TestPageOfKeys holds docs/files.md to the schemas: every key with what it is for.
func TestPageOfKeys(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# The keys of prompt files, suites and the config\n\n" +
		"This page is written from the JSON Schemas in [schema/](schema), which editors read: a first line\n" +
		"`# yaml-language-server: $schema=…` in a file has most of them complete keys and mark mistakes. Files are read " +
		"strictly: an unknown key is an error.\n" +
		"`[]` stands for each item of a list, `*` for each name of a mapping, and a key in **bold** must be there.\n")
	for _, part := range []struct{ kind, title string }{
		{
			"prompt", "A prompt, `prompts/v3.prompt.yml`",
		}, {"suite", "A suite, `cases/subtodos.yaml`"}, {"config", "The config, `promptbench.yaml`"},
	} {
		raw, err := fileschema.Generate(part.kind)
		require.NoError(t, err)
		var schema map[string]any
		require.NoError(t, json.Unmarshal(raw, &schema))
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | |\n|---|---|\n", part.title, schema["description"])
		keysOf(&b, "", schema)
	}
	path := filepath.Join(root, "docs", "files.md")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(got), "write it anew: go test ./internal/input/fileschema -update")
}

// keysOf writes a row for each key of a schema, those below it indented by their
// path.
func keysOf(b *strings.Builder, path string, schema map[string]any) {
	required, _ := schema["required"].([]any)
	properties, _ := schema["properties"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		below, ok := properties[key].(map[string]any)
		if !ok {
			continue
		}
		name := "`" + path + key + "`"
		if slices.Contains(required, any(key)) {
			name = "**" + name + "**"
		}
		fmt.Fprintf(b, "| %s | %s |\n", name, strings.ReplaceAll(fmt.Sprint(below["description"]), "|", "\\|"))
		keysOf(b, path+key+".", below)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		keysOf(b, strings.TrimSuffix(path, ".")+"[].", items)
	}
	if values, ok := schema["additionalProperties"].(map[string]any); ok {
		keysOf(b, path+"*.", values)
	}
	for _, either := range []string{"oneOf", "anyOf"} {
		forms, _ := schema[either].([]any)
		for _, form := range forms {
			if below, ok := form.(map[string]any); ok {
				keysOf(b, path, below)
			}
		}
	}
}
