package suite_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
)

const committedSuite = "../../../cases/subtodos.yaml"

func loadCommitted(t *testing.T) (*suite.Suite, []suite.Case) {
	t.Helper()
	s, problems := suite.Load(committedSuite)
	require.Empty(t, problems)
	var cases []suite.Case
	for c, err := range s.Cases() {
		require.NoError(t, err)
		cases = append(cases, c)
	}
	return s, cases
}

func TestCommittedSuiteIsLargeAndBalanced(t *testing.T) {
	t.Parallel()
	s, cases := loadCommitted(t)

	require.Equal(t, "subtodos", s.Name)
	require.GreaterOrEqual(t, len(cases), 150)
	require.Len(t, cases, s.Len())
	types := map[string]int{}
	for _, c := range cases {
		types[c.Expect.Type]++
		require.NotEmpty(t, c.Note, c.ID)
		require.NotEmpty(t, c.Tags, c.ID)
		require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, c.ID)
	}
	require.Len(t, types, len(s.Rules.Types))
	for _, name := range s.Rules.Types {
		require.GreaterOrEqual(t, types[name], 45, name)
	}
}

func TestCommittedGroupsAreParaphrases(t *testing.T) {
	t.Parallel()
	_, cases := loadCommitted(t)

	groups := map[string][]suite.Case{}
	for _, c := range cases {
		if c.Group != "" {
			groups[c.Group] = append(groups[c.Group], c)
		}
	}
	require.NotEmpty(t, groups)
	for name, members := range groups {
		require.GreaterOrEqual(t, len(members), 2, name)
		require.LessOrEqual(t, len(members), 3, name)
		for _, c := range members {
			require.Equal(t, members[0].Expect.Type, c.Expect.Type, "%s: paraphrases share a label", name)
		}
	}
}

// The rows of tags at the top of the suite, by what they say about a case.
func subjectTags() []string {
	return strings.Fields(`admin family food health hobby home money pet shopping social study travel work
		bot-question chitchat code-request content-request info-question injection past random statement`)
}

func featureTags() []string {
	return strings.Fields(`has-time no-time no-who no-what no-place multi ask polite casual typo full-width
		english emoji joined-emoji braces quotes long one-word no-space`)
}

func TestCommittedTagsAreTrue(t *testing.T) {
	t.Parallel()
	_, cases := loadCommitted(t)

	var (
		latin   = regexp.MustCompile(`(^|[^0-9A-Za-z])[A-Za-z]{2,}`)
		symbol  = regexp.MustCompile(`[\x{2000}-\x{1FFFF}]`)
		full    = regexp.MustCompile(`[\x{FF10}-\x{FF5A}]`)
		syllabs = regexp.MustCompile(`[가-힣]`)
	)
	subjects, features := subjectTags(), featureTags()
	for _, c := range cases {
		named := slices.DeleteFunc(slices.Clone(c.Tags), func(tag string) bool { return slices.Contains(features, tag) })
		require.NotEmpty(t, named, "%s has no tag for its subject", c.ID)
		require.Subset(t, subjects, named, "%s: a tag is not in the list at the top of the suite", c.ID)
		solid := !strings.ContainsFunc(c.Input, unicode.IsSpace)
		letters := strings.ContainsFunc(c.Input, unicode.IsLetter)
		syllables := len(syllabs.FindAllString(c.Input, -1))
		for tag, want := range map[string]bool{
			"english":      latin.MatchString(c.Input),
			"emoji":        slices.ContainsFunc(symbol.FindAllString(c.Input, -1), isSymbol),
			"joined-emoji": strings.ContainsRune(c.Input, '\u200d'),
			"full-width":   full.MatchString(c.Input),
			"braces":       strings.ContainsAny(c.Input, "{}<>"),
			"quotes":       strings.ContainsAny(c.Input, "'\"`‘’“”"),
			"long":         utf8.RuneCountInString(c.Input) >= 200,
			"no-space":     solid && syllables > 8,
			"one-word":     solid && syllables <= 8 && letters && utf8.RuneCountInString(c.Input) <= 8,
		} {
			require.Equal(t, want, slices.Contains(c.Tags, tag), "%s: tag %q", c.ID, tag)
		}
	}
}

func isSymbol(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.So, r)
}

func TestCommittedInputsAreWrittenFreshly(t *testing.T) {
	t.Parallel()
	_, cases := loadCommitted(t)

	pairs := make([]map[string]bool, len(cases))
	for i, a := range cases {
		pairs[i] = bigrams(a.Input)
		for k, b := range cases[:i] {
			limit := 0.6
			if a.Group != "" && a.Group == b.Group {
				limit = 0.9
			}
			if got := similarity(pairs[i], pairs[k]); got >= limit {
				t.Errorf("%s and %s are near-duplicates: %.2f", a.ID, b.ID, got)
			}
		}
	}
}

// A case that a prompt shows as an example measures memory, not the prompt.
func TestCommittedInputsAreNoExamplesOfAPrompt(t *testing.T) {
	t.Parallel()
	_, cases := loadCommitted(t)
	paths, err := filepath.Glob("../../../prompts/*.prompt.yml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)

	for _, path := range paths {
		p, problems := prompt.Load(t.Context(), path)
		require.NoError(t, problems.Err())
		examples := exampleTexts(p)
		require.NotEmpty(t, examples, path)
		for _, c := range cases {
			input := bigrams(c.Input)
			for e, example := range examples {
				if got := similarity(input, example); got >= 0.6 {
					t.Errorf("%s stands in %s as %q: %.2f", c.ID, path, e, got)
				}
			}
		}
	}
}

// exampleTexts returns what in a prompt may be an example's input: whole user
// turns, and every line, quoted string and element text of any turn, with its
// bigrams. The placeholder is where the input goes, and no example; nor is the
// skeleton of the format in the system message.
func exampleTexts(p *prompt.Prompt) map[string]map[string]bool {
	tag := regexp.MustCompile(`<[^<>]*>`)
	quoted := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	var texts []string
	for _, m := range p.Messages {
		if m.Role == "system" {
			continue
		}
		content := strings.ReplaceAll(m.Content, "{{input}}", "")
		if m.Role == "user" {
			texts = append(texts, content)
		}
		texts = append(texts, strings.Split(tag.ReplaceAllString(content, "\n"), "\n")...)
		texts = append(texts, quoted.FindAllString(content, -1)...)
	}
	examples := map[string]map[string]bool{}
	for _, text := range texts {
		if pairs := bigrams(text); len(pairs) > 0 {
			examples[text] = pairs
		}
	}
	return examples
}

// similarity is the Jaccard index of two sets of bigrams, in [0,1].
func similarity(x, y map[string]bool) float64 {
	common := 0
	for pair := range x {
		if y[pair] {
			common++
		}
	}
	if common == 0 {
		return 0
	}
	return float64(common) / float64(len(x)+len(y)-common)
}

// bigrams are the pairs of neighbouring characters of a text, its spaces and
// punctuation removed.
func bigrams(s string) map[string]bool {
	kept := []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s))
	pairs := map[string]bool{}
	for i := 0; i+1 < len(kept); i++ {
		pairs[string(kept[i:i+2])] = true
	}
	return pairs
}

func TestCommittedRefusalIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	s, _ := loadCommitted(t)

	require.NotEmpty(t, s.Rules.Refusal)
	require.Contains(t, s.Rules.JSON.Schema, s.Rules.Refusal)
	i := slices.IndexFunc(s.Graders, func(g suite.GraderEntry) bool { return g.Name == "rubric" })
	require.GreaterOrEqual(t, i, 0)
	var params struct {
		Criteria []struct{ ID, Check string } `json:"criteria"`
	}
	require.NoError(t, json.Unmarshal(s.Graders[i].Params, &params))
	require.GreaterOrEqual(t, len(params.Criteria), 4)
	for _, c := range params.Criteria {
		if c.ID == "plain_refusal" {
			require.Contains(t, c.Check, s.Rules.Refusal)
			return
		}
	}
	require.Fail(t, "the rubric has no criterion plain_refusal")
}

func TestCommittedGradersTellGoodRepliesFromBad(t *testing.T) {
	t.Parallel()
	s, _ := loadCommitted(t)
	reader, err := reply.NewReader(s.Rules)
	require.NoError(t, err)
	built, err := s.Build(graders.Models{}, nil)
	require.NoError(t, err)

	document := func(typ string, items ...string) string {
		content := make([]map[string]any, 0, len(items))
		for i, item := range items {
			content = append(content, map[string]any{"subtodoNumber": i + 1, "subtodoContent": item})
		}
		raw, err := json.Marshal(map[string]any{"subtodos": map[string]any{"type": typ, "content": content}})
		require.NoError(t, err)
		return string(raw)
	}
	tests := map[string]struct {
		expect string
		format reply.Format
		raw    string
		fails  []string // the graders and criteria that do not pass
	}{
		"answer": {"answer", reply.JSON, document("answer", "예약 시간 확인하기", "짐 싸기 🎒", "서류 준비 (신분증)"), nil},
		"answer in XML": {
			"answer", reply.XML,
			"<subtodos type='answer'>\n1. 집에서 9시에 출발하기\n2. 접수하고 진료받기.\n</subtodos>", nil,
		},
		"question":       {"question", reply.JSON, document("question", "언제 만나나요?", "누구와 만나는지 알려 주세요."), nil},
		"refusal":        {"invalid", reply.JSON, document("invalid", s.Rules.Refusal), nil},
		"refusal in XML": {"invalid", reply.XML, "<subtodos type='invalid'>" + s.Rules.Refusal + "</subtodos>", nil},
		"own refusal": {
			"invalid", reply.JSON, document("invalid", "죄송해요."),
			[]string{"format", "rubric", "rubric/plain_refusal", "subtodo_count"},
		},
		"asks in answer": {
			"answer", reply.JSON, document("answer", "병원에 가기", "몇 시에 갈까요?"),
			[]string{"rubric", "rubric/action_ending"},
		},
		"tells in asking": {
			"question", reply.JSON, document("question", "날짜 정하기"),
			[]string{"rubric", "rubric/question_mark"},
		},
		"says it twice": {
			"answer", reply.JSON, document("answer", "책 사기", "책 사기 "),
			[]string{"rubric", "rubric/no_duplicates"},
		},
		"only repeats": {"question", reply.JSON, document("question", "친구랑 뭐 하지"), []string{"rubric", "rubric/no_echo"}},
		"in English": {
			"answer", reply.JSON, document("answer", "Buy a ticket 하기", "Print it 하기"),
			[]string{"rubric", "rubric/in_korean"},
		},
		"much too long": {
			"answer", reply.JSON, document("answer", strings.Repeat("멀리 ", 20)+"가기", "돌아오기"),
			[]string{"rubric", "rubric/short_items"},
		},
		"answers question": {"question", reply.JSON, document("answer", "언제인가요?"), []string{"case_type"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sample := graders.Sample{
				Case: "x", Trial: 1, Input: "친구랑 뭐 하지", Expect: graders.Expect{Type: tt.expect},
				Format: tt.format, Reply: reader.Read(tt.raw, "", tt.format),
			}
			fails := []string{}
			for _, g := range built {
				scores, err := g.Grade(t.Context(), sample)
				require.NoError(t, err)
				for _, score := range scores {
					require.Empty(t, score.Unscored, score.Grader)
					if score.NotApplicable == "" && !score.Pass {
						fails = append(fails, score.Grader)
					}
				}
			}
			slices.Sort(fails)
			require.Equal(t, append([]string{}, tt.fails...), fails)
		})
	}
}
