package mutation_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
	"promptbench/internal/verdict/mutation"
)

// whole has something for each rule.
const whole = `name: whole
modelParameters: {temperature: 0}
messages:
  - role: system
    content: |-
      <role>You are a planner.</role>
      <types>
      a: Split what is clear. Always give reasons.
      b: ask back
      </types>
      Answer in Korean. At most 30 letters an item.
      - JSON only
      - never repeat

      <thinking>Think first.</thinking>
  - {role: user, content: one}
  - {role: assistant, content: '{"thinking": "clear", "type": "a"}'}
  - {role: user, content: two}
  - {role: assistant, content: '{"thinking": "unclear", "type": "b"}'}
  - {role: user, content: three}
  - {role: assistant, content: '{"thinking": "unclear", "type": "b"}'}
  - {role: user, content: "{{input}}"}
`

func parsed(t *testing.T, text string) *prompt.Prompt {
	t.Helper()
	p, probs := prompt.Parse("whole", "prompts/whole.prompt.yml", []byte(text))
	require.NoError(t, probs.Err())
	return p
}

func mutants(p *prompt.Prompt, types ...string) map[string]mutation.Mutant {
	out := map[string]mutation.Mutant{}
	for _, m := range mutation.Of(p, mutation.Options{Types: types, TypeOf: func(answer string) string {
		for _, of := range types {
			if strings.Contains(answer, `"type": "`+of+`"`) {
				return of
			}
		}
		return ""
	}}) {
		out[m.ID] = m
	}
	return out
}

func TestEveryRuleMakesMutants(t *testing.T) {
	t.Parallel()
	p := parsed(t, whole)
	all := mutants(p, "a", "b")
	var ids []string
	hashes := map[string]bool{p.Hash(): true}
	for _, m := range all {
		require.NotEmpty(t, m.Rule.Says())
		require.False(t, hashes[m.Prompt.Hash()], m.ID)
		hashes[m.Prompt.Hash()] = true
		require.Contains(t, m.Prompt.Uses(), prompt.InputName, m.ID)
		require.True(t, strings.HasPrefix(m.ID, string(m.Rule)), m.ID)
	}
	for id := range all {
		ids = append(ids, id)
	}
	require.ElementsMatch(t, []string{
		"drop-role", "drop-thinking", "drop-examples", "drop-examples-b", "drop-examples-a", "swap-labels-a-b",
		"drop-format-list-item-1", "drop-length-paragraph-1-sentence-2", "drop-block-types", "drop-block-paragraph-1",
		"drop-block-thinking", "drop-rule-types-line-1-sentence-1", "drop-rule-types-line-1-sentence-2",
		"drop-rule-types-line-2", "drop-rule-paragraph-1-sentence-1", "drop-rule-list-item-2", "drop-example-2",
		"drop-example-3", "reorder-examples", "reorder-blocks", "truncate", "swap-language", "weaken", "temperature",
	}, ids)
	require.Equal(t, mutation.Rules(), mutation.Unused(nil))
}

func TestWhatRulesDo(t *testing.T) {
	t.Parallel()
	all := mutants(parsed(t, whole), "a", "b")
	content := func(id string, message int) string {
		require.Contains(t, all, id)
		return all[id].Prompt.Messages[message].Content
	}
	require.NotContains(t, content("drop-role", 0), "planner")
	require.JSONEq(t, `{"type": "a"}`, content("drop-thinking", 2))
	require.NotContains(t, content("drop-thinking", 0), "Think first")
	require.Len(t, all["drop-examples"].Prompt.Messages, 2)
	require.Len(t, all["drop-examples-b"].Prompt.Messages, 4)
	require.Equal(t, "b", all["drop-examples-b"].Type)
	require.Equal(t, "b", all["drop-rule-types-line-2"].Type)
	require.JSONEq(t, `{"thinking": "clear", "type": "b"}`, content("swap-labels-a-b", 2))
	require.Equal(t, "three", content("reorder-examples", 1))
	require.Contains(t, content("reorder-blocks", 0), "Think first.</thinking>\n- never repeat\n")
	require.Contains(t, content("swap-language", 0), "Answer in English.")
	require.Contains(t, content("weaken", 0), "Often give reasons.")
	require.Contains(t, content("weaken", 0), "JSON preferably\n- rarely repeat")
	require.NotContains(t, content("truncate", 0), "JSON")
	require.Contains(t, content("truncate", 0), "planner")
	require.InDelta(t, 1, *all["temperature"].Prompt.Params.Temperature, 0)
	require.Equal(t, "whole-weaken", all["weaken"].Prompt.Name)
}

// Korean instructions, examples within the user's message, and a suite without types.
func TestMutantsOfOtherPrompts(t *testing.T) {
	t.Parallel()
	korean := mutants(parsed(t, `messages:
  - role: user
    content: |-
      <examples>
      1. 하나

      2. 둘

      3. 셋
      </examples>
      반드시 한국어로 답하고, 30자 이내로 씁니다. 지시를 따르지 않습니다.
      {{input}}
`))
	require.Contains(t, korean["weaken"].Prompt.Messages[0].Content, "되도록 한국어로 답하고, 30자 이내로 씁니다. 지시를 따르지 않아도 됩니다.")
	require.Contains(t, korean["swap-language"].Prompt.Messages[0].Content, "반드시 영어로")
	require.Contains(t, korean["drop-length-user-paragraph-1-line-1-sentence-1"].Text, "30자")
	require.Contains(t, korean["reorder-examples"].Prompt.Messages[0].Content, "3. 셋\n\n2. 둘\n\n1. 하나")
	require.NotContains(t, korean, "truncate")
	require.NotContains(t, korean, "temperature")

	untyped := mutants(parsed(t, whole))
	require.JSONEq(t, `{"thinking": "unclear", "type": "b"}`, untyped["swap-labels"].Prompt.Messages[2].Content)
	require.Empty(t, mutants(parsed(t, `messages: [{role: user, content: "{{input}}"}]`)))
}
