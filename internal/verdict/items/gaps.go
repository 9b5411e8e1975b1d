package items

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Rule is a sentence of a prompt that tells the model what to do.
type Rule struct {
	Prompt string `json:"prompt"`
	Where  string `json:"where"`
	Text   string `json:"text"`
}

// Gaps are what a suite lacks: types and tags with too few cases, and rules of a prompt that no case seems to be about.
type Gaps struct {
	Schema int    `json:"schema"`
	Suite  string `json:"suite"`
	Cases  int    `json:"cases"` // that are not sealed
	Units  int    `json:"units"` // cases, each group of paraphrases once
	Types  []Thin `json:"types"` // the largest first, those without a case at the end
	Tags   []Thin `json:"tags"`  // likewise
	Prompt string `json:"prompt"`
	Read   int    `json:"rules_read"`
	Rules  []Rule `json:"rules"` // no case has a word of them, in the order of the prompt
}

// A Price is what it takes at most to ask for inputs that fill the gaps.
type Price struct {
	Schema   int      `json:"schema"`
	Suite    string   `json:"suite"`
	Editor   string   `json:"editor"`
	Requests int      `json:"requests"`
	Recorded int      `json:"recorded"` // requests whose answer is recorded
	Calls    int      `json:"calls"`    // at most: each new answer may be broken and asked for again
	Cost     *float64 `json:"cost"`     // at most, with a token for each byte; null where the price is unknown
	Allowed  *int     `json:"max_calls"`
}

// Gaps says what the cases lack, without any run. Rules are those of one prompt.
func (c *Collector) Gaps(prompt string, rules []Rule) Gaps {
	var a Analysis
	c.thin(&a)
	out := Gaps{
		Schema: Schema, Suite: c.out.Suite, Cases: c.out.Cases, Units: a.Units, Types: []Thin{}, Tags: []Thin{},
		Prompt: prompt, Read: len(rules), Rules: c.without(rules),
	}
	for _, t := range a.Thin {
		if t.By == ByType {
			out.Types = append(out.Types, t)
		} else {
			out.Tags = append(out.Tags, t)
		}
	}
	return out
}

// without are the rules that share no stem of a word with the input, the type, the tags or the note of a case that is
// not sealed. It is a hint: a case can be about a rule in other words, and a rule for every reply needs no case.
func (c *Collector) without(rules []Rule) []Rule {
	known := map[string]bool{}
	for i := range c.cases {
		one := &c.cases[i]
		if one.Sealed {
			continue
		}
		for _, text := range append([]string{one.Input, one.Type, one.Note}, one.Tags...) {
			for _, stem := range stems(text) {
				known[stem] = true
			}
		}
	}
	out := []Rule{}
	for _, r := range rules {
		if !slices.ContainsFunc(stems(r.Text), func(stem string) bool { return known[stem] }) {
			out = append(out, r)
		}
	}
	return out
}

// stems are what words of one meaning mostly have in common: the first two syllables of a Korean word, so that
// particles do not count, and the first five letters of another one. Short words and those that are in any text are
// left out.
func stems(text string) []string {
	var out []string
	var word []rune
	end := func() {
		least, most := 4, 5
		if len(word) > 0 && unicode.Is(unicode.Hangul, word[0]) {
			least, most = 2, 2
		}
		if stem := string(word[:min(len(word), most)]); len(word) >= least && !slices.Contains(common(), stem) {
			out = append(out, stem)
		}
		word = word[:0]
	}
	for _, r := range strings.ToLower(norm.NFKC.String(text)) {
		isHangul := unicode.Is(unicode.Hangul, r)
		if len(word) > 0 && (!unicode.IsLetter(r) || isHangul != unicode.Is(unicode.Hangul, word[0])) {
			end()
		}
		if unicode.IsLetter(r) {
			word = append(word, r)
		}
	}
	end()
	return out
}

// common are stems of words that say nothing of what a sentence is about.
func common() []string {
	return []string{
		"about", "also", "alway", "been", "does", "each", "every", "from", "have", "into", "like", "more", "most", "must",
		"only", "other", "shoul", "some", "such", "than", "that", "their", "them", "then", "there", "these", "they", "this",
		"what", "when", "where", "which", "will", "with", "would", "your",
		"그리", "그런", "다음", "때문", "모든", "없습", "없는", "없이", "위한", "이런", "있는", "있습", "있으", "하나", "하는", "하지", "합니",
	}
}
