package runfile_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

// A stranger reads the format from its page, so the page names every field.
func TestEveryFieldIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "run-file.md"))
	require.NoError(t, err)
	for _, record := range []any{
		runfile.Header{}, runfile.Prompt{}, runfile.Message{}, runfile.Suite{}, runfile.Model{}, runfile.Judge{},
		runfile.Pairwise{}, runfile.Redacted{}, runfile.Selection{}, runfile.Git{},
		runfile.Case{}, runfile.Call{}, runfile.Usage{}, runfile.Error{}, runfile.Trial{}, runfile.Read{}, runfile.End{},
		runfile.Batch{}, runfile.Queue{},
		graders.Spec{}, graders.Expect{}, graders.Range{}, graders.Score{}, reply.Rules{}, reply.JSONRules{},
		reply.XMLRules{}, reply.Defect{}, params.Params{},
	} {
		typ := reflect.TypeOf(record)
		for field := range typ.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			require.Contains(t, string(page), "`"+name+"`", "a field of %s is not in docs/run-file.md", typ)
		}
	}
	for _, kind := range []string{
		runfile.KindHeader, runfile.KindCase, runfile.KindCall, runfile.KindTrial, runfile.KindEnd, runfile.KindBatch,
		runfile.KindQueue,
	} {
		require.Contains(t, string(page), "### `"+kind+"`")
	}
	for _, word := range []string{
		string(runfile.Complete), string(runfile.Incomplete), string(runfile.Interrupted), runfile.ForReply, runfile.ForJudge,
		runfile.ForPairwise,
		string(runfile.Submitting), string(runfile.Submitted), string(runfile.Collected),
	} {
		require.Contains(t, string(page), "`"+word+"`")
	}
}
