package page_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/page"
	"promptbench/internal/record/runfile"
)

// The index offers two complete runs over one suite, on one model if it can.
func TestIndexChoosesRunsOfOneModel(t *testing.T) {
	t.Parallel()
	found := func(id, model string, status runfile.Status, errors int) runfile.Found {
		h := runfile.Header{Run: id, Model: runfile.Model{ID: model}, Suite: runfile.Suite{Name: "subtodos"}}
		return runfile.Found{Header: h, Status: status, Errors: errors}
	}
	part := found("a part", "a", runfile.Complete, 0)
	part.Header.Selected = &runfile.Selection{Tags: []string{"emoji"}}
	for name, test := range map[string]struct {
		runs       []runfile.Found
		base, head string
	}{
		"the newest two": {
			[]runfile.Found{found("3", "a", runfile.Complete, 0), found("2", "a", runfile.Complete, 0)}, "2", "3",
		},
		"of one model": {[]runfile.Found{
			found("4", "a", runfile.Complete, 0), found("3", "b", runfile.Complete, 0), found("2", "a", runfile.Complete, 0),
		}, "2", "4"},
		"complete ones": {[]runfile.Found{
			found("5", "a", runfile.Interrupted, 0), found("4", "a", runfile.Complete, 1), part,
			found("3", "b", runfile.Complete, 0), found("2", "b", runfile.Complete, 0),
		}, "2", "3"},
		"of two models": {[]runfile.Found{
			found("2", "a", runfile.Complete, 0), found("1", "b", runfile.Complete, 0),
		}, "1", "2"},
	} {
		var b bytes.Buffer
		require.NoError(t, page.Index(&b, test.runs, nil, nil), name)
		require.Regexp(t, `name="base" value="`+test.base+`"[^>]* checked>`, b.String(), name)
		require.Regexp(t, `name="head" value="`+test.head+`"[^>]* checked>`, b.String(), name)
	}
	var b bytes.Buffer
	require.NoError(t, page.Index(&b, []runfile.Found{
		found("2", "a", runfile.Complete, 0), found("1", "b", runfile.Interrupted, 0),
	}, nil, nil))
	require.NotContains(t, b.String(), "checked", "no two runs fit")
}
