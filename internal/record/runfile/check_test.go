package runfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
)

func TestDecodeRefusesValuesThatNoRunHolds(t *testing.T) {
	t.Parallel()
	const (
		header = `{"kind":"header","schema":1,"run":"r"}` + "\n"
		one    = `{"kind":"case","case":"a","input":"가","expect":{},"input_hash":"x"}` + "\n"
		trial  = `{"kind":"trial","case":"a","trial":1,"key":"k","scores":[{"grader":"g","value":1,"pass":true}]}` + "\n"
		end    = `{"kind":"end","status":"complete","trials":1}` + "\n"
	)
	good := header + one + trial + end
	_, err := runfile.Decode(strings.NewReader(good), runfile.Scores)
	require.NoError(t, err)
	for wrong, want := range map[string]string{
		strings.Replace(good, `"value":1`, `"value":7`, 1):         "g scores 7",
		strings.Replace(good, `"value":1`, `"value":-0.5`, 1):      "g scores -0.5",
		strings.Replace(good, `"trial":1,`, `"trial":-1,`, 1):      "trials count from 1",
		strings.Replace(good, one, "", 1):                          `case "a", which has no line`,
		strings.Replace(good, `"complete"`, `"done"`, 1):           `"done"`,
		strings.Replace(good, `"case":"a","t`, `"case":"b","t`, 1): `case "b", which has no line`,
	} {
		for _, detail := range []runfile.Detail{runfile.Scores, runfile.Full} {
			_, err := runfile.Decode(strings.NewReader(wrong), detail)
			require.ErrorContains(t, err, want)
		}
	}
}
