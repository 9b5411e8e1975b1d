package blame_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/verdict/blame"
)

// fileOf is a prompt as its file: JSON is YAML.
func fileOf(tb testing.TB, p *prompt.Prompt) []byte {
	tb.Helper()
	f := map[string]any{"messages": p.Messages}
	ps := map[string]any{}
	for name, value := range map[string]any{"temperature": p.Params.Temperature, "maxTokens": p.Params.MaxTokens} {
		raw, err := json.Marshal(value)
		require.NoError(tb, err)
		if string(raw) != "null" {
			ps[name] = value
		}
	}
	if p.Params.Stop != nil {
		ps["stop"] = p.Params.Stop
	}
	if len(ps) > 0 {
		f["modelParameters"] = ps
	}
	for name, value := range map[string]string{"responseFormat": p.ResponseFormat, "replyFormat": string(p.ReplyFormat)} {
		if value != "" {
			f[name] = value
		}
	}
	if p.JSONSchema != nil {
		f["jsonSchema"] = p.JSONSchema
	}
	raw, err := json.Marshal(f)
	require.NoError(tb, err)
	return raw
}

// holds checks what must be true of every change: no hunk makes the base, all make the head, and any subset is a
// prompt that validates like a file and renders.
func holds(tb testing.TB, c *blame.Change, seed uint64) {
	tb.Helper()
	n := len(c.Hunks)
	require.Equal(tb, c.Base.Messages, c.Variant(blame.NewMask(n, false)).Messages)
	require.Equal(tb, c.Head.Messages, c.Variant(blame.NewMask(n, true)).Messages)
	require.Equal(tb, c.Base.Hash(), c.Variant(blame.NewMask(n, false)).Hash())
	require.Equal(tb, c.Head.Hash(), c.Variant(blame.NewMask(n, true)).Hash())
	r := rand.New(rand.NewPCG(seed, 1))
	for k := range 8 {
		mask := []byte(blame.NewMask(n, false))
		for i := range mask {
			if n <= 3 && k>>i&1 == 1 || n > 3 && r.IntN(2) == 1 {
				mask[i] = '1'
			}
		}
		v := c.Variant(blame.Mask(mask))
		_, probs := prompt.Parse(v.Name, "variant.yml", fileOf(tb, v))
		require.NoError(tb, probs.Err(), "mask %s: %v", mask, v.Messages)
		_, err := v.Render("입력", map[string]string{"today": "오늘"})
		require.NoError(tb, err)
		before := ""
		for _, m := range v.Messages {
			if m.Role == "user" || m.Role == "assistant" {
				require.False(tb, takesTurns(c) && m.Role == before, "mask %s: two of %s in a row", mask, m.Role)
				before = m.Role
			}
		}
	}
}

func takesTurns(c *blame.Change) bool {
	for _, p := range []*prompt.Prompt{c.Base, c.Head} {
		before := ""
		for _, m := range p.Messages {
			if m.Role == before {
				return false
			}
			if m.Role == "user" || m.Role == "assistant" {
				before = m.Role
			}
		}
	}
	return true
}

func load(tb testing.TB, name string) *prompt.Prompt {
	tb.Helper()
	p, probs := prompt.Load(tb.Context(), "../../../prompts/"+name)
	require.NoError(tb, probs.Err())
	return p
}

func summary(c *blame.Change) []string {
	var out []string
	for _, h := range c.Hunks {
		mark := "±"
		switch {
		case h.Base == "":
			mark = "+"
		case h.Head == "":
			mark = "-"
		}
		text := []rune(strings.Join(strings.Fields(h.Text()), " "))
		out = append(out, fmt.Sprintf("%s %s: %s", mark, h.Where, string(text[:min(24, len(text))])))
	}
	return out
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"v1", "v2"}, {"v2", "v3"}, {"v3", "v4"}, {"v4", "v1"}} {
		c, err := blame.Diff(load(t, pair[0]), load(t, pair[1]))
		require.NoError(t, err)
		holds(t, c, 7)
		switch pair[1] {
		case "v2":
			require.Equal(t, []string{
				`± user, <examples>, examples 1 to 3: {"caseNumber": 1, "caseD`,
				"± user, paragraph 1: 위 예시처럼 subtodos JSON 하나로", "± reply format: replyFormat: json",
			}, summary(c))
		case "v3":
			require.Len(t, c.Hunks, 21)
			require.Equal(t, "+ example 9: ㅋㅋㅋㅋㅋ → {\"thinking\": \"웃음", summary(c)[15])
		case "v4":
			require.Len(t, c.Hunks, 3)
			require.Equal(t, []string{"± system, <format>, line 2: {\"subtodos\": {\"type\": \"…",
				"- system, <thinking>: <thinking>thinking에 먼저 판"}, summary(c)[:2])
		}
	}
	for name, hunks := range map[string]int{"v1": 6, "v2": 6, "v3": 15, "v4": 14} {
		c, err := blame.Parts(load(t, name))
		require.NoError(t, err)
		holds(t, c, 7)
		require.Len(t, c.Hunks, hunks)
	}
}

// A person names the smallest part that says what changed.
func TestHunks(t *testing.T) {
	t.Parallel()
	const end = "\n=== user\n할 일: {{input}}"
	for name, c := range map[string]struct {
		base, head string
		hunks      []string
	}{
		"a sentence": {
			"=== system\nYou are a planner. Be brief." + end, "=== system\nYou are a planner. Be brief. Never ask." + end,
			[]string{"+ system, sentence 3: Never ask."},
		},
		"a sentence in another's place": {
			"=== system\nYou are a planner. Be brief." + end, "=== system\nYou are a planner. Say little!" + end,
			[]string{"± system, sentence 2: Say little!"},
		},
		"list items": {
			"=== system\n- one\n- two\n- three" + end, "=== system\n- one\n- three\n- four" + end,
			[]string{"- system, list item 2: - two", "+ system, list item 3: - four"},
		},
		"a block inside a block": {
			"=== system\n<rules>\n<a>x</a>\n</rules>" + end, "=== system\n<rules>\n<a>x</a>\n<b>y</b>\n</rules>" + end,
			[]string{"+ system, <rules>, <b>: <b>y</b>"},
		},
		"a paragraph and the message": {
			"=== user\n{{input}}", "=== system\nA planner.\n=== user\nFirst read this.\n\n{{input}}",
			[]string{"+ system: A planner.", "+ user, paragraph 1: First read this."},
		},
		"a wrapped line is no change of two": {
			"=== system\nThe first sentence is so long that an editor has wrapped it onto\nthe next line. End." + end,
			"=== system\nThe first sentence is so long that an editor has wrapped it onto\nthe next line. Stop." + end,
			[]string{"± system, sentence 2: Stop."},
		},
		"the input moves": {
			"=== user\nBe brief.\n\n{{input}}", "=== system\nBe brief.\n=== user\n{{input}}",
			[]string{"+ system: Be brief.", "- user, paragraph 1: Be brief."},
		},
		"the input in another message": {
			"=== user\nA: {{input}}\n=== assistant\nB", "=== user\nC\n=== assistant\nD: {{input}}",
			[]string{"± user; assistant: C D: {{input}}"},
		},
		"white space": {
			"=== system\nA.\n\nB." + end, "=== system\nA.\n\n\nB." + end,
			[]string{"+ system: white space"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diff, err := blame.Diff(conversation(c.base), conversation(c.head))
			require.NoError(t, err)
			holds(t, diff, 3)
			require.Equal(t, c.hunks, summary(diff))
		})
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	base, head := conversation("=== user\n{{input}}"), conversation("=== user\n{{input}}")
	base.Params.MaxTokens, base.Params.Stop, base.ReplyFormat = new(100), []string{"x"}, "xml"
	head.Params.MaxCompletionTokens, head.Params.Temperature = new(100), new(0.5)
	head.ReplyFormat, head.ResponseFormat = "json", "json_object"
	c, err := blame.Diff(base, head)
	require.NoError(t, err)
	holds(t, c, 1)
	require.Equal(t, []string{
		"± parameter maxTokens, maxCompletionTokens: maxCompletionTokens: 100", "+ parameter temperature: temperature: 0.5",
		"- parameter stop: stop: [\"x\"]", "± reply format: replyFormat: json respon",
	}, summary(c))
	v := c.Variant("0100")
	require.InDelta(t, 0.5, *v.Params.Temperature, 0)
	require.Equal(t, []string{"x"}, v.Params.Stop)
	require.Equal(t, "xml", string(v.ReplyFormat))
	_, err = blame.Diff(base, base)
	require.ErrorIs(t, err, blame.ErrSame)
	_, err = blame.Parts(base)
	require.ErrorIs(t, err, blame.ErrNoParts)
}

func TestDraws(t *testing.T) {
	t.Parallel()
	c, err := blame.Diff(load(t, "v3"), load(t, "v4"))
	require.NoError(t, err)
	seen := map[blame.Mask]int{}
	for i := range 300 {
		masks := c.Draw(fmt.Sprint(i), 2, 1)
		require.Equal(t, masks, c.Draw(fmt.Sprint(i), 2, 1))
		require.Len(t, masks, 2)
		require.Equal(t, 3, masks[0].Count()+masks[1].Count())
		seen[masks[0]]++
	}
	require.Len(t, seen, 6, "each half of one or two hunks")
	require.Empty(t, blame.Halves(1, 2, rand.New(rand.NewPCG(1, 1))))
	require.Len(t, blame.Halves(2, 8, rand.New(rand.NewPCG(1, 1))), 2)
}
