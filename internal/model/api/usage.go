package api

import (
	"encoding/json"
	"maps"
	"math"
	"strconv"
	"strings"

	"promptbench/internal/model"
)

// maxTokens is more than any model reads or writes.
const maxTokens = 1 << 30

// readUsage reads how many tokens an answer says it took, however the counts are spelled: prompt_tokens, inputTokens,
// promptTokenCount, a number, a float or a string. It returns nil where the answer does not say both, or says what
// can't be, such as a negative number. A count that is missing is the total without the other one.
func readUsage(raw json.RawMessage) *model.Usage {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return nil
	}
	counts, ok := countsIn(object)
	if !ok {
		return nil
	}
	// The names are in lower case without underscores. Kinds after the first are counted beside it, never in it.
	input, hasInput := sum(counts,
		[]string{"prompttokens", "inputtokens", "prompttokencount", "inputtokencount", "promptevalcount"},
		[]string{"cachecreationinputtokens"}, []string{"cachereadinputtokens"}, []string{"tooluseprompttokencount"},
	)
	output, hasOutput := sum(counts,
		[]string{
			"completiontokens", "outputtokens", "generatedtokens", "candidatestokencount", "outputtokencount", "evalcount",
		},
		[]string{"thoughtstokencount"},
	)
	total, hasTotal := first(counts, []string{"totaltokens", "totaltokencount"})
	switch {
	case hasInput && !hasOutput && hasTotal:
		output, hasOutput = total-input, true
	case hasOutput && !hasInput && hasTotal:
		input, hasInput = total-output, true
	}
	if !hasInput || !hasOutput || input < 0 || output < 0 {
		return nil
	}
	for _, value := range object { // parts of the input and of the output may be in an object of details
		if details, ok := value.(map[string]any); ok {
			parts, _ := countsIn(details)
			maps.Copy(counts, parts)
		}
	}
	cached, _ := first(counts, []string{
		"cachedtokens", "cachereadinputtokens", "cachedcontenttokencount", "promptcachehittokens",
	})
	reasoning, _ := first(counts, []string{"reasoningtokens", "thoughtstokencount", "thinkingtokens"})
	return &model.Usage{
		InputTokens: input, OutputTokens: output, CachedTokens: min(cached, input), ReasoningTokens: min(reasoning, output),
	}
}

// countsIn returns the counts of an object by their names, in lower case without underscores. It is not ok where one
// can't be.
func countsIn(object map[string]any) (counts map[string]int, ok bool) {
	counts = make(map[string]int, len(object))
	for name, value := range object {
		n, isCount := count(value)
		if !isCount {
			continue
		}
		if n < 0 {
			return nil, false
		}
		counts[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = n
	}
	return counts, true
}

// count reads one number of tokens. One that is out of range counts as negative.
func count(value any) (int, bool) {
	var n float64
	switch value := value.(type) {
	case float64:
		n = value
	case string:
		var err error
		if n, err = strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil || math.IsNaN(n) {
			return 0, false
		}
	default:
		return 0, false
	}
	if n < 0 || n > maxTokens {
		return -1, true
	}
	return int(math.Round(n)), true
}

// sum adds up the kinds of counts. The first kind must be there.
func sum(counts map[string]int, kinds ...[]string) (total int, ok bool) {
	for i, names := range kinds {
		n, has := first(counts, names)
		ok = ok || has && i == 0
		total += n
	}
	return total, ok
}

func first(counts map[string]int, names []string) (int, bool) {
	for _, name := range names {
		if n, ok := counts[name]; ok {
			return n, true
		}
	}
	return 0, false
}
