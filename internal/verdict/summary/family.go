package summary

import (
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
)

// A family is a model family, with how the words in the names of its models begin.
type family struct {
	name   string
	begins []string
}

// families are the families that are known; docs/judge.md lists them.
func families() []family {
	return []family{
		{"claude", []string{"claude"}},
		{"command", []string{"command", "c4ai", "aya"}},
		{"deepseek", []string{"deepseek"}},
		{"exaone", []string{"exaone"}},
		{"gemini", []string{"gemini"}},
		{"gemma", []string{"gemma", "codegemma", "shieldgemma", "medgemma"}},
		{"glm", []string{"glm", "chatglm"}},
		{"gpt", []string{"gpt", "chatgpt", "o1", "o3", "o4"}},
		{"grok", []string{"grok"}},
		{"hyperclova", []string{"hyperclova", "hyperclovax", "hcx"}},
		{"kanana", []string{"kanana"}},
		{"llama", []string{"llama", "codellama", "tinyllama"}},
		{"mistral", []string{"mistral", "mixtral", "ministral", "codestral", "magistral", "devstral", "pixtral"}},
		{"nova", []string{"nova"}},
		{"phi", []string{"phi"}},
		{"qwen", []string{"qwen", "qwq", "codeqwen"}},
		{"solar", []string{"solar"}},
	}
}

const digits = "0123456789"

// FamilyOf returns the family of a model by its id, or nothing where no word of it is
// known: "qwen" for Qwen/Qwen2.5-7B-Instruct. Of an id with words of several families,
// such as deepseek-r1-distill-qwen-7b, the last counts: what a model was made from.
func FamilyOf(id string) string {
	words := strings.FieldsFunc(strings.ToLower(id), func(r rune) bool {
		return (r < 'a' || r > 'z') && !strings.ContainsRune(digits, r)
	})
	for _, word := range slices.Backward(words) {
		for _, f := range families() {
			for _, begin := range f.begins {
				rest, ok := strings.CutPrefix(word, begin)
				isVersion := strings.Trim(rest, digits) == "" && !strings.ContainsAny(begin, digits) // as in qwen2
				if ok && (rest == "" || isVersion) {
					return f.name
				}
			}
		}
	}
	return ""
}

// familyOfJudge is the family that the model of a run shares with a judge of it, or
// nothing.
func familyOfJudge(h runfile.Header) string {
	family := FamilyOf(h.Model.ID)
	if h.OfJudge() || h.Judge == nil || family == "" {
		return ""
	}
	judges := []string{h.Judge.Model.ID}
	for _, m := range h.Judge.Criteria {
		judges = append(judges, m.ID)
	}
	if slices.ContainsFunc(judges, func(id string) bool { return FamilyOf(id) == family }) {
		return family
	}
	return ""
}
