package runner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
)

// Bad cases are outcomes of those cases, wherever they are in the suite and however many come in a row. Where no case
// succeeds, the run still ends soon.
func TestBadCasesInARow(t *testing.T) {
	t.Parallel()
	const all = 400
	for _, tt := range []struct {
		name     string
		from, to int // the bad cases
		kind     model.Kind
		status   int
		workers  int
		stopped  bool
	}{
		{"first, one at a time", 0, 20, model.KindBadRequest, 400, 1, false},
		{"first, more than are under way", 0, 120, model.KindBadRequest, 400, 64, false},
		{"nearly all", 0, 390, model.KindBadRequest, 400, 64, false},
		{"in the middle", 200, 260, model.KindBadRequest, 400, 4, false},
		{"the last", 340, all, model.KindBadRequest, 400, 64, false},
		{"none succeeds", 0, all, model.KindBadRequest, 400, 64, true},
		{"tried again, first, one at a time", 0, 20, model.KindServer, 500, 1, false},
		{"tried again, first, more than are under way", 0, 90, model.KindServer, 500, 64, false},
		{"tried again, in the middle", 200, 225, model.KindMalformed, 200, 4, false},
		{"tried again, the last", 370, all, model.KindServer, 500, 8, false},
		{"tried again, none succeeds", 0, all, model.KindServer, 500, 64, true},
		{"tried again, none succeeds, one at a time", 0, all, model.KindServer, 500, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			begin, _, _ := strings.Cut(suiteText, "  - {id: 치과")
			text.WriteString(begin)
			for i := range all {
				fmt.Fprintf(&text, "  - {id: c%d, input: n %d, expect: {type: question}}\n", i, i)
			}
			s := load(t, text.String())
			synctest.Test(t, func(t *testing.T) {
				m := &scripted{ask: func(ctx context.Context, _ int, r model.Request) (string, error) {
					var i int
					_, err := fmt.Sscanf(r.Messages[1].Content, "v3: n %d", &i)
					require.NoError(t, err)
					if i >= tt.from && i < tt.to {
						return "", &model.Error{Kind: tt.kind, Status: tt.status}
					}
					if err := model.Sleep(ctx, time.Second); err != nil {
						return "", err
					}
					return always(ctx, i, r)
				}}
				e := engine.New(t.Context(), engine.Options{Concurrency: tt.workers})
				defer e.Close()
				j, memories := job(t, s, m, "v3")
				limited, err := e.Wrap(m, model.Target{})
				require.NoError(t, err)
				j.Revisions[0].Asker.Model, j.Workers = limited, tt.workers
				start := time.Now()
				end := run(t, j)[0]
				if tt.stopped {
					require.Equal(t, runfile.Incomplete, end.Status)
					require.Contains(t, end.Reason, "attempts in a row failed")
					require.Less(t, time.Since(start), 20*time.Second)
					return
				}
				require.Equal(t, runfile.Complete, end.Status, end.Reason)
				require.Equal(t, all, end.Trials)
				require.Equal(t, tt.to-tt.from, end.Errors)
				require.Len(t, memories[0].cases, all, "each case once")
			})
		})
	}
}
