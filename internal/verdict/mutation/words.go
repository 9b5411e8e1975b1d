package mutation

import (
	"regexp"
	"strings"
)

// words tell what an instruction is about, in English and Korean.
type words struct {
	role, roleTag, thinking, thinkingTag, length, format *regexp.Regexp

	thoughts []*regexp.Regexp // the thinking step of an example
	strong   []replacement
}

type replacement struct {
	from *regexp.Regexp
	to   string
}

func newWords() words {
	const most = `이내|이하|이상|미만|최대|최소|at most|at least|no more than|no longer than|up to|maximum|minimum|` +
		`fewer than|less than|exactly`
	w := words{
		role:        regexp.MustCompile(`(?i)^(you are |you're |act as |as an? |your role |당신은 |너는 |넌 |역할)`),
		roleTag:     regexp.MustCompile(`(?i)^<(role|persona|역할)[ >]`),
		thinking:    regexp.MustCompile(`(?i)\bthink|step[ -]by[ -]step|reasoning|chain of thought|단계별로|추론|생각을|생각하|까닭`),
		thinkingTag: regexp.MustCompile(`(?i)^<(think|thinking|thoughts|reasoning|생각)[ >]`),
		length: regexp.MustCompile(`(?i)\d[^.!?\n]*(` + most + `)|(` + most +
			`)[^.!?\n]*\d|길이|짧게|간결|\blength\b|\bconcise|\bbriefly\b|\bkeep it short`),
		format: regexp.MustCompile(`(?i)^[{[<]|\b(json|xml|yaml|markdown|csv)\b|\bformat\b|\boutput\b|\btags?\b|형식|출력|태그`),
		thoughts: []*regexp.Regexp{
			regexp.MustCompile(`"(?:thinking|thoughts?|reasoning|생각)"\s*:\s*"(?:\\.|[^"\\])*"\s*,\s*`),
			regexp.MustCompile(`(?is)<think>.*?</think>\s*`),
			regexp.MustCompile(`(?is)<thinking>.*?</thinking>\s*`),
			regexp.MustCompile(`(?is)<reasoning>.*?</reasoning>\s*`),
		},
	}
	for _, r := range [][2]string{
		{`\bmust not\b`, "need not"}, {`\bMust\b`, "May"}, {`\bmust\b`, "may"}, {`\bMUST\b`, "MAY"},
		{`\bshall\b`, "may"}, {`\bhave to\b`, "may"}, {`\bneed to\b`, "may"},
		{`\bAlways\b`, "Often"}, {`\balways\b`, "often"}, {`\bNever\b`, "Rarely"}, {`\bnever\b`, "rarely"},
		{`\bNEVER\b`, "RARELY"}, {`\bALWAYS\b`, "OFTEN"}, {`\bexactly\b`, "about"}, {`\bstrictly\b`, "roughly"},
		{`\b[Oo]nly\b`, "preferably"}, {`\bONLY\b`, "PREFERABLY"},
		{`\b[Dd]o not\b`, "Try not to"}, {`\b[Dd]on't\b`, "Try not to"},
		{`반드시`, "되도록"}, {`꼭`, "되도록"}, {`절대로?`, "되도록"}, {`항상`, "보통"}, {`정확히`, "대략"},
		{`해야 합니다`, "하면 좋습니다"}, {`해야 한다`, "하면 좋다"}, {`하지 마세요`, "하지 않으면 좋습니다"},
		{`지 마세요`, "지 않으면 좋습니다"}, {`지 않습니다`, "지 않아도 됩니다"}, {`만 출력합니다`, "을 출력하면 좋습니다"},
		{`만 답합니다`, "을 답하면 좋습니다"}, {`만 답해 주세요`, " 답하면 좋습니다"},
	} {
		w.strong = append(w.strong, replacement{regexp.MustCompile(r[0]), r[1]})
	}
	return w
}

// weakened is a text with weaker words.
func (w words) weakened(text string) string {
	for _, r := range w.strong {
		text = r.from.ReplaceAllString(text, r.to)
	}
	return text
}

// withoutThoughts is a text without the thinking step of an answer or of its form.
func (w words) withoutThoughts(text string) string {
	for _, r := range w.thoughts {
		text = r.ReplaceAllString(text, "")
	}
	return text
}

// otherLanguage is a text with each name of a language replaced by that of another.
func otherLanguage(text string) string {
	var pairs []string
	for _, p := range [][2]string{
		{"한국어", "영어"}, {"한글", "영문"}, {"일본어", "중국어"}, {"Korean", "English"}, {"korean", "english"},
		{"Japanese", "Chinese"}, {"Spanish", "French"}, {"German", "Italian"},
	} {
		pairs = append(pairs, p[0], p[1], p[1], p[0])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
