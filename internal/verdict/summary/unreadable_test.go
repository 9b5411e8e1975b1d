package summary_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// The most frequent kind of defect is named by its most frequent words, whatever their order.
func TestUnreadableNamesTheMostFrequentDefect(t *testing.T) {
	t.Parallel()
	read := func(defects ...reply.Defect) *runfile.Read { return &runfile.Read{Defects: defects} }
	defect := func(c reply.Code, detail string) reply.Defect { return reply.Defect{Code: c, Detail: detail} }
	fence := defect(reply.CodeFence, "a fence")
	empty := defect(reply.CodeNoDocument, "the reply is empty")
	keys, otherKeys := defect(reply.CodeTypeUnknown, `the type "a"`), defect(reply.CodeTypeUnknown, `the type "b"`)
	for _, tt := range []struct {
		name  string
		text  bool // no types are declared
		reads []*runfile.Read
		want  *summary.Unreadable
	}{
		{name: "all can be read", reads: []*runfile.Read{read(), read(fence)}},
		{name: "no reply", reads: []*runfile.Read{nil, nil}},
		{name: "text alone is graded", text: true, reads: []*runfile.Read{read(empty)}},
		{
			name: "one of two, beside a call that failed", reads: []*runfile.Read{read(empty, fence), read(), nil},
			want: &summary.Unreadable{Replies: 1, Of: 2, Defect: "the reply is empty"},
		},
		{
			name: "kinds count before words", reads: []*runfile.Read{
				read(empty), read(empty), read(keys), read(otherKeys), read(fence, otherKeys),
			},
			want: &summary.Unreadable{Replies: 5, Of: 5, Defect: `the type "b"`},
		},
		{
			name: "a tie", reads: []*runfile.Read{read(keys), read(empty)},
			want: &summary.Unreadable{Replies: 2, Of: 2, Defect: "the reply is empty"},
		},
		{
			name: "no words", reads: []*runfile.Read{read(defect(reply.CodeTypeMissing, ""))},
			want: &summary.Unreadable{Replies: 1, Of: 1, Defect: "type_missing"},
		},
	} {
		run := &runfile.Run{Header: runfile.Header{Reply: reply.Rules{Types: []string{"answer"}}}}
		if tt.text {
			run.Header.Reply.Types = nil
		}
		for _, r := range tt.reads {
			run.Trials = append(run.Trials, runfile.Trial{Read: r})
		}
		require.Equal(t, tt.want, summary.UnreadableOf(run), tt.name)
	}
}
