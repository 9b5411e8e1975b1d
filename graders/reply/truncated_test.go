package reply_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// Wherever a reply is cut off, between the bytes of a character too, what is
// read of it is really there: items that are beginnings of the whole
// reply's items, without the beginning of a tag, of a mark or of a character.
func TestTruncatedAtEveryByte(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	items := []string{"우유 2팩", "A<B 확인", "Ａ동 3층 👨‍👩‍👧 가기"}
	xml := "<subtodos type='answer'>\n1. 우유 2팩\n2. A<B 확인\n**3.** Ａ동 3층 👨‍👩‍👧 가기\n</subtodos>"
	json := `{"thinking":"세 가지","subtodos":{"type":"answer","content":[{"subtodoContent":"우유 2팩"},{"subtodoContent":"A<B ` +
		`확인"},{"subtodoContent":"Ａ동 3층 👨‍👩‍👧 가기"}]}}`
	for _, c := range []struct {
		format reply.Format
		whole  string
	}{
		{reply.XML, xml},
		{reply.XML, strings.Replace(xml, "'answer'", "‘answer’", 1)},
		{reply.XML, strings.NewReplacer("1.", "(1)", "2.", "(2)", "**3.**", "(3)").Replace(xml)},
		{reply.JSON, json},
		{
			reply.JSON,
			strings.NewReplacer(`{"`, `{“`, `":`, `”:`, `:"`, `:“`, `",`, `”,`, `"}`, `”}`, `,"`, `,“`).Replace(json),
		},
	} {
		typed := strings.Index(c.whole, "answer") + len("answer")
		for at := typed; at <= len(c.whole); at++ {
			got := r.Read(c.whole[:at], "", c.format)
			where := fmt.Sprintf("cut after %q", c.whole[:at])
			require.Equal(t, "answer", got.Type, "%s: %v", where, got.Defects)
			require.LessOrEqual(t, len(got.Items), len(items), where)
			for i, item := range got.Items {
				if i < len(got.Items)-1 || at == len(c.whole) {
					require.Equal(t, items[i], item, where)
				}
				require.True(t, strings.HasPrefix(items[i], item), "%s: item %q", where, item)
			}
			if at < len(c.whole)-1 {
				require.NotEmpty(t, got.Defects, where)
			}
		}
	}
}

// Bytes that are no text are no item, and the detail of a defect quotes whole
// characters.
func TestBrokenCharacters(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	got := r.Read("<subtodos type='answer'>\n1. 우유\n2. \uFFFD\n</subtodos>", "", reply.XML)
	require.Equal(t, []string{"우유"}, got.Items)
	require.Equal(t, []reply.Code{reply.CodeItemBlank}, codes(got))

	got = r.Read(`{"subtodos":{"type":"answer","content":[{"subtodoContent":"그는 "안녕"이라고 함"}]}}`, "", reply.JSON)
	require.Equal(t, []string{`그는 "안녕"이라고 함`}, got.Items)
	require.Len(t, got.Defects, 1)
	require.Equal(t, "line 1: invalid character '안' after object key:value pair, in \"안녕\"", got.Defects[0].Detail)
}
