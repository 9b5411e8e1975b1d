package prompt_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
)

// parsed returns the prompt whose user message holds {{input}} and a text.
func parsed(t *testing.T, text string) *prompt.Prompt {
	t.Helper()
	data := "messages:\n  - role: user\n    content: |\n      {{input}}\n      " + strings.ReplaceAll(text, "\n", "\n      ")
	p, probs := prompt.Parse("v1", "v1.prompt.yml", []byte(data))
	require.Empty(t, probs)
	return p
}

func TestTemplatesOfOtherToolsAreWarnedOf(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{{ input | upper }}", "{{user.name}}", "{{env.HOME}}", "{{#if vip}}", "{{/if}}", "{{> part}}", "{{ f(input) }}",
		"{{input}", "{{ input\n", "{{{input}}}", "{ input }", "{today}", "${today}", "$(today)", "$today", "%(input)s",
		"{% if vip %}", "{%- endfor -%}", "<%= input %>", "{{\"type\": 1}}", "{{이름}}", "{{ 이름 | upper }}", "{{today-1}}", "{{ в }}",
	} {
		probs := parsed(t, "앞 "+text+" 뒤").CheckVars([]string{"today"})
		require.Len(t, probs, 1, text)
		require.Equal(t, problem.Warning, probs[0].Severity, text)
		require.Contains(t, probs[0].Message, strings.TrimSpace(text))
		require.Equal(t, 5, probs[0].Line, text)
		require.Equal(t, 9, probs[0].Column, text)
		require.NotEmpty(t, probs[0].Hint, text)
	}
	for _, text := range []string{
		`{"a":{"b":1}}`, `{"a": {"b": {}}}`, "{name}", "$5", "${HOME}", "<input>", "{ }", "{{}}", "100%", "{{1}}", "{{ }}", "a{b}",
		"x^{{2}}", "{today-1}", `\{{today}}`, "{{today}}", `{"a":{{input}}}`,
	} {
		require.Empty(t, parsed(t, text).CheckVars([]string{"today"}), text)
	}
}

func TestVariablesOfAnyScript(t *testing.T) {
	t.Parallel()
	const decomposed = "\u110b\u1175\u1105\u1173\u11b7" // 이름
	for _, name := range []string{"이름", decomposed, "имя", "名前", "naïve", "नाम", "이름2", "_이름"} {
		p := parsed(t, "{{"+name+"}} {{ "+name+" }}")
		known := name
		if name == decomposed {
			known = "이름"
		}
		require.True(t, prompt.IsName(name), name)
		require.Empty(t, p.CheckVars([]string{known}))
		require.Contains(t, p.Uses(), known)
		m, err := p.Render("x", map[string]string{known: "값"})
		require.NoError(t, err)
		require.Contains(t, m[0].Content, "값 값", name)
		m, err = p.Render("x", nil)
		require.NoError(t, err)
		require.Contains(t, m[0].Content, "{{"+name+"}} {{ "+name+" }}", "text, where there is no such variable")
	}
	for _, name := range []string{"", "1이름", "이 름", "이-름", "a.b", "\u0301a", "①"} {
		require.False(t, prompt.IsName(name), name)
	}
}

func TestLongPromptsTakeNoQuadraticTime(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	for _, text := range []string{"{{meets}} ", "{{meets ", "{{", "{", "{{{{}}", "{{ a | b }}", "{{이름}}", "$a", `\{{input}}`} {
		p := parsed(t, strings.Repeat(text, 500_000/len(text)))
		require.LessOrEqual(t, len(p.CheckVars(nil)), 20, text)
		_, err := p.Render("x", map[string]string{"meets": "y"})
		require.NoError(t, err, text)
	}
	require.Less(t, time.Since(begin), time.Minute, "a quadratic time would be hours")
	_, err := parsed(t, strings.Repeat("{{a}}", 100_000)).Render("x", map[string]string{"a": strings.Repeat("긴 글", 1000)})
	require.ErrorContains(t, err, "message 1 is longer than 64 MiB")
}
