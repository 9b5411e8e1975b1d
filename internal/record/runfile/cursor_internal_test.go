package runfile

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// A member that the quick reader does not know would send every line to
// encoding/json, which is right and several times slower.
func TestQuickReaderKnowsEveryMember(t *testing.T) {
	t.Parallel()
	for names, record := range map[string]any{
		caseMembers: Case{}, callMembers: Call{}, usageMembers: Usage{}, trialMembers: Trial{},
		readMembers: Read{}, scoreMembers: graders.Score{}, defectMembers: reply.Defect{},
	} {
		var want []string
		for field := range reflect.TypeOf(record).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "-" {
				want = append(want, name)
			}
		}
		require.Equal(t, want, strings.Fields(names), "%T", record)
	}
}
