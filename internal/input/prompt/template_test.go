package prompt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/input/prompt"
)

func user(content string) *prompt.Prompt {
	return &prompt.Prompt{Name: "t", Messages: []prompt.Message{{Role: "user", Content: content}}}
}

func TestRenderFollowsTheTemplateRules(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"today": "2026-11-23 (월)", "_a1": "밑줄", "deep": "{{input}} {{today}} \\{{x}}"}
	for name, c := range map[string]struct{ in, want string }{
		"plain":               {"할 일: {{input}}", "할 일: 치과 👨‍👩‍👧"},
		"spaces":              {"{{ input }}{{  today}}", "치과 👨‍👩‍👧2026-11-23 (월)"},
		"other blanks":        {"{{\tinput}}{{in put}}{{input\n}}", "{{\tinput}}{{in put}}{{input\n}}"},
		"json is no template": {`{"a":{"b":1}} {{}} {{"x"}} {{ }}`, `{"a":{"b":1}} {{}} {{"x"}} {{ }}`},
		"json around":         {`{"a":{"b":{{input}}}}`, `{"a":{"b":치과 👨‍👩‍👧}}`},
		"three braces":        {"{{{input}}}", "{치과 👨‍👩‍👧}"},
		"four braces":         {"{{{{input}}}}", "{{치과 👨‍👩‍👧}}"},
		"escape":              {`\{{input}} \{{ today }}`, `{{input}} {{ today }}`},
		"escape of no name":   {`\{{1}} \{{ \n`, `\{{1}} \{{ \n`},
		"two backslashes":     {`\\{{input}}`, `\{{input}}`},
		"names":               {"{{_a1}}{{1a}}{{입력}}{{a-b}}", "밑줄{{1a}}{{입력}}{{a-b}}"},
		"filled in once":      {"{{deep}}", "{{input}} {{today}} \\{{x}}"},
		"never closed":        {"{{input} {{", "{{input} {{"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := user(c.in).Render("치과 👨‍👩‍👧", vars)
			require.NoError(t, err)
			require.Equal(t, []prompt.Message{{Role: "user", Content: c.want}}, got)
		})
	}
}

func TestRenderNeverExpandsWhatUsersWrote(t *testing.T) {
	t.Parallel()
	got, err := user("{{input}}|{{today}}").Render(
		"{{today}} \\{{input}}", map[string]string{"today": "{{input}}", "input": "no"},
	)
	require.NoError(t, err)
	require.Equal(t, "{{today}} \\{{input}}|{{input}}", got[0].Content)
}

func TestRenderNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := user("{{input}} {{today}}").Render("x", nil)
	require.ErrorContains(t, err, "message 1 needs {{today}}")
}

func TestUsesIsSorted(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"b", "input", "today"}, user(`{{today}}{{input}}{{b}}{{today}}\{{c}}`).Uses())
	require.Empty(t, user("없음").Uses())
}

func TestTemplateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(
			rapid.SampledFrom([]string{"{", "}", "{{", "}}", "\\", " ", "input", "가", "a1", "👨‍👩‍👧", "{{input}}", "\n"}),
		).Draw(t, "parts")
		content := strings.Join(parts, "")
		const mark = "\x00"
		got, err := user(content).Render(mark, map[string]string{"a1": ""})
		if err != nil { // names that are glued together, such as inputa1
			require.ErrorContains(t, err, "needs {{")
			return
		}
		// Whatever is filled in stands where a placeholder stood.
		again, err := user(content).Render("{{input}}", map[string]string{"a1": ""})
		require.NoError(t, err)
		require.Equal(t, strings.ReplaceAll(got[0].Content, mark, "{{input}}"), again[0].Content)
	})
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{
		"{{input}}", `\{{input}}`, "{{{{ a }}}}", `{"a":{"b":{{input}}}}`, "{{ 입력 }}",
		"{{" + strings.Repeat(" ", 50) + "x}}", "\\\\{{x}}",
	} {
		f.Add(s, "할 일 {{x}}")
	}
	f.Fuzz(func(t *testing.T, content, input string) {
		p := user(content)
		vars := map[string]string{}
		for _, name := range p.Uses() {
			require.True(t, prompt.IsName(name))
			vars[name] = input
		}
		got, err := p.Render(input, vars)
		require.NoError(t, err)
		if len(vars) == 0 {
			require.Equal(t, strings.Count(content, "{"), strings.Count(got[0].Content, "{"), "only backslashes may go")
		}
	})
}
