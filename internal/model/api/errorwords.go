package api

import (
	"regexp"
	"slices"
	"strings"
)

// The sentences of servers that give no code, or one code for everything.
var (
	saysQuota = regexp.MustCompile(`(?i)insufficient (account )?(credit|balance|fund)|(credit )?balance is too low` +
		`|out of credits|no credits (left|remaining)|requires more credits|余额不足|欠费`)
	saysFiltered = regexp.MustCompile(`(?i)\b(request|prompt|input|output|content|message|response|text)s?\b` +
		`[^.]{0,80}(terms of service|terms of use|usage polic|content polic|content management polic` +
		`|safety polic|content filter` +
		`|\bflagged\b|inappropriate|moderation|safety (system|filter|setting)|prohibited (content|use)|harmful)` +
		`|(blocked|flagged|rejected|filtered|refused|violat)[^.]{0,80}(content filter|safety|moderation` +
		`|usage polic|content polic|terms of service)|requires moderation|敏感|不安全|违规|不合规`)
	saysAuth = regexp.MustCompile(`(?i)(api[ _-]?key|x-api-key|token|credential)s? (is )?(not valid|invalid|expired` +
		`|missing|not found|was not provided)` +
		`|(invalid|incorrect|missing|wrong|no|bad|expired) (x-)?(api[ _-]?key|credential)` +
		`|not authenticated|authentication (failed|required)|unauthori[sz]ed|invalid token`)
	saysAccount = regexp.MustCompile(`(?i)\b(account|organi[sz]ation)\b( \S+)? (has been|is|was)( \S+)? ` +
		`(suspended|blocked|disabled|deactivated|terminated|banned|restricted)`)
	saysNoAPI = regexp.MustCompile(`(?i)invalid url|unexpected endpoint|no route|cannot post|unknown (url|path|endpoint)` +
		`|(url|path|endpoint|page|route|resource) (was )?not found`)
	saysNoProvider = regexp.MustCompile(`(?i)no (endpoints|providers?|allowed providers)\b.{0,40}\b` +
		`(that|support|matching|available|handle)`)
	saysModel = regexp.MustCompile(`(?i)\b(models?|deployment|no endpoints found for)\b`)
)

// isAboutModel tells an unknown model from a wrong path: an API that is asked for a path that it lacks answers 404 too,
// often in the same shape.
func isAboutModel(said serverError) bool {
	return said.Code == codeModelNotFound || said.Code == codeNoDeployment ||
		saysModel.MatchString(said.Message) && !saysNoAPI.MatchString(said.Message)
}

// The sentences about a prompt over the context: what is too much, and that it is.
var (
	namesContext = regexp.MustCompile(`(?i)context[ _-]?(length|window|size|limit)|(maximum|available|model'?s?` +
		`|loaded with|overflow\w*) (the )?context|context (the )?overflow`)
	isTooMuch = regexp.MustCompile(`(?i)exceed|maximum|longer|too (long|large|many|big)|overflow|greater|larger|beyond` +
		`|not enough|does ?n[o']t fit|over the|out of`)
)

var tooLong = regexp.MustCompile(`(?i)\b(prompt|input|messages?|request|conversation|text)\b( \w+){0,3} ` +
	`((is|are|was|were) )?(too (long|large|many tokens)|longer than)` +
	`|(prompt|input)( token)?( count| length)?\b.{0,40}\bexceeds?\b.{0,40}\b(tokens?|limit|maximum|length)\b` +
	`|too many (input |prompt )?tokens|tokens.{0,30} must be <=|range of input length`)

// isOverContext recognises the sentences of servers that give no code for a prompt over the context.
func isOverContext(message string) bool {
	if strings.Contains(strings.ToLower(message), "per minute") { // a limit of the rate
		return false
	}
	return namesContext.MatchString(message) && isTooMuch.MatchString(message) || tooLong.MatchString(message)
}

// A parameter of a request, as sentences about it spell it.
var (
	namesParam = regexp.MustCompile("(?i)(?:unsupported|unrecogni[sz]ed|unknown|unexpected|extra|additional)" +
		"(?: request)?(?: keyword)? (?:parameter|argument|field|name|property|input)s?(?: supplied)?:? *" +
		"['\"`‘“]?([a-z_][a-z0-9_.]*)" +
		"|(?:parameter|property|argument|field)s?:? ['\"`‘“]([a-z_][a-z0-9_.]*)['\"`’”]")
	knownParam = regexp.MustCompile(`(?i)\b(temperature|top_?p|top_?k|max_?(?:completion_?|output_?)?tokens` +
		`|reasoning_?effort|response_?format|json_schema|frequency_?penalty|presence_?penalty|logit_bias|logprobs|min_p` +
		`|stop_?sequences|parallel_tool_calls|chat_template_kwargs)\b`)
	quotedParam = regexp.MustCompile("(?i)['\"`‘“](stop|seed|thinking|reasoning)['\"`’”]")
)

// refusedParam returns the parameter of the request that an error is about, or "": a fault in the messages is about one
// call alone.
func refusedParam(said serverError) string {
	name, _, _ := strings.Cut(said.Param, ".")
	name, _, _ = strings.Cut(name, "[")
	if name == "generationConfig" || name == "generation_config" || name == "body" {
		name = said.Param[strings.LastIndex(said.Param, ".")+1:]
	}
	switch {
	case isContent(name):
		return ""
	case name != "":
		return name
	}
	for _, expression := range []*regexp.Regexp{namesParam, knownParam, quotedParam} {
		for _, match := range expression.FindAllStringSubmatch(said.Message, 8) {
			for _, found := range match[1:] {
				if found != "" && !isContent(found) {
					return found
				}
			}
		}
	}
	return ""
}

// isContent reports whether a field of a request holds what one case asks.
func isContent(name string) bool {
	return slices.Contains([]string{
		"messages", "message", "input", "contents", "content", "prompt", "system", "model", "role",
	}, name)
}
