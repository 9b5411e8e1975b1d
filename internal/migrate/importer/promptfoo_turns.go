package importer

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

const (
	conversationVar = "_conversation"  // what promptfoo calls the earlier messages with the replies to them
	conversationID  = "conversationId" // the metadata that says which conversation a test is a turn of
	scenarioMark    = "\x00"           // before the number of a scenario, whose tests are a conversation of their own
)

// Commas that a loop or the messages after it need in JSON.
var (
	afterRounds = regexp.MustCompile(
		`\{%-?\s*if\s+_conversation(?:\.length|\s*\|\s*length)?(?:\s*>\s*0)?\s*-?%\}\s*,\s*\{%-?\s*endif\s*-?%\}`)
	betweenRounds = regexp.MustCompile(
		`\{%-?\s*if\s+(?:not\s+)?loop\.(?:first|last)\s*-?%\}\s*,?\s*\{%-?\s*endif\s*-?%\}`)
)

var roleKey = regexp.MustCompile(`\brole["']?\s*:`)

// withoutHistory takes the loop over earlier messages and replies out of a prompt: promptbench sends them itself. It
// reports false for a prompt that sends something else, which is listed.
func (f *promptfooConfig) withoutHistory(body string, p *promptDraft) (string, bool) {
	body = afterRounds.ReplaceAllString(body, "")
	list := pieces(body)
	isHistory := func(p piece) bool { return p.fault != "" && strings.Contains(p.text, conversationVar) }
	first := slices.IndexFunc(list, isHistory)
	if first < 0 {
		return body, true
	}
	f.converses, p.converses = true, true
	refuse := func(why string) (string, bool) {
		f.lostAt(p.place, "the prompt %s is not carried over: %s; write it without the loop, since promptbench sends the "+
			"turns of a case with the replies between them", p.title(), why)
		return "", false
	}
	end := -1
	loop := forTag.FindStringSubmatch(list[first].text)
	if loop != nil && loop[2] == "" && loop[3] == conversationVar {
		end = endOf(body, list, first)
	}
	if end < 0 || slices.ContainsFunc(list[end+1:], isHistory) {
		return refuse("it uses " + conversationVar + " other than in one loop")
	}
	before, after := body[:list[first].from], body[list[end].to:]
	switch historyOf(body[list[first].to:list[end].from], loop[1]) {
	case historyMessages:
		if len(roleKey.FindAllString(after, -1)) != 1 {
			return refuse("its loop over " + conversationVar + " is not right before the last message")
		}
		switch head, tail := strings.TrimSpace(before), strings.TrimSpace(after); {
		case strings.HasPrefix(tail, ",") && (strings.HasSuffix(head, ",") || strings.HasSuffix(head, "[")):
			after = tail[1:]
		case strings.HasPrefix(tail, "{") && strings.HasSuffix(head, "}"):
			after = "," + tail
		}
	case historyText:
		f.lostAt(p.place, "the loop over %s writes the conversation into the text of one message; promptbench sends it as "+
			"messages, and the prompt is imported without the loop", conversationVar)
	default:
		return refuse("its loop over " + conversationVar + " does not write each message of the user with the reply to it")
	}
	return before + after, true
}

// What a loop over earlier messages and replies writes.
const (
	historyOther    = iota
	historyMessages // each as a message
	historyText     // each in a text
)

// historyOf is what the body of a loop writes that calls a message with its reply by a name.
func historyOf(body, name string) int {
	name = regexp.QuoteMeta(name)
	const filters = `\s*(?:\|\s*(?:dump|tojson|safe|string|trim)\s*)*-?\}\}["']?`
	said := regexp.MustCompile(
		`["']?\{\{-?\s*` + name + `\.(?:input|prompt\[` + name + `\.prompt\.length\s*-\s*1\]\.content)` + filters)
	replied := regexp.MustCompile(`["']?\{\{-?\s*` + name + `\.output` + filters)
	body = betweenRounds.ReplaceAllString(body, "")
	if !said.MatchString(body) || !replied.MatchString(body) {
		return historyOther
	}
	body = replied.ReplaceAllString(said.ReplaceAllString(body, `"user"`), `"assistant"`)
	if nextOpening(body) >= 0 {
		return historyOther
	}
	if list := strings.Trim(body, ", \t\r\n"); strings.HasPrefix(list, "{") {
		body = "[" + list + "]"
	}
	doc, probs := strictyaml.Parse("", []byte(body))
	if doc == nil || probs.Err() != nil || doc.Root().Kind() != strictyaml.List || !roleKey.MatchString(body) {
		return historyText
	}
	for i, role := range []string{graders.RoleUser, graders.RoleAssistant} {
		m := doc.Root().At(i)
		content := m.Get("content")
		if content.Kind() == strictyaml.List && len(content.Items()) == 1 {
			content = content.At(0).Get("text")
		}
		if m.Get("role").Text() != role || content.Text() != role || len(doc.Root().Items()) != 2 {
			return historyOther
		}
	}
	return historyMessages
}

// placeIn says which conversation a case may be a turn of. Where prompts do not converse, the id is a tag.
func (f *promptfooConfig) placeIn(c *caseDraft, id string) {
	c.conversation, c.needs = id, f.needsReply(c.vars)
	isNamed := id != "" && !strings.HasPrefix(id, scenarioMark)
	if tag := tagOf(conversationID, id); isNamed && !f.converses && len(f.prompts) > 0 && tag != "" {
		c.Tags = append(c.Tags, tag)
		slices.Sort(c.Tags)
	} else if isNamed {
		c.ID = cmp.Or(c.ID, id)
	}
}

// needsReply is the var that promptfoo makes of a reply and that other vars name; empty for none.
func (f *promptfooConfig) needsReply(vars map[string]any) string {
	for _, name := range sortedKeys(vars) {
		text, _ := vars[name].(string)
		for _, p := range pieces(text) {
			if p.expr != nil && slices.Contains(f.stored, p.expr.name) {
				return p.expr.name
			}
		}
	}
	return ""
}

// converse makes a case with turns of the tests that promptfoo asks one after another: those of a conversationId, of a
// scenario, or all others.
func (f *promptfooConfig) converse() {
	converses := (f.converses || len(f.prompts) == 0) && !f.defaults.alone
	if converses && f.converses {
		f.conversing()
	}
	at := map[string]int{}
	var out []caseDraft
	for _, c := range f.cases {
		isFirst := true
		if converses && (f.converses || c.conversation != "") {
			if i, ok := at[c.conversation]; ok {
				out[i].add(c)
				isFirst = false
			} else {
				at[c.conversation] = len(out)
			}
		}
		if isFirst {
			out = append(out, c)
		}
	}
	f.cases = slices.DeleteFunc(out, func(c caseDraft) bool {
		i := slices.IndexFunc(c.turns(), func(t caseDraft) bool { return t.needs != "" })
		if i >= 0 {
			t := c.turns()[i]
			f.lostAt(t.place, "%s is a reply that storeOutputAs keeps, so the test is not carried over, nor is its "+
				"conversation; write it as a turn of the case before, which is sent with the replies to that", t.needs)
		}
		return i >= 0
	})
	for _, c := range f.cases {
		if c.conversation == "" && len(c.later) > 0 {
			f.note(c.place, "the tests without a conversationId are one conversation, as in promptfoo")
		}
	}
}

// conversing lists what differs in conversations.
func (f *promptfooConfig) conversing() {
	f.prompts = slices.DeleteFunc(f.prompts, func(p promptDraft) bool {
		last := p.messages[len(p.messages)-1]
		if last.role != graders.RoleUser {
			f.lostAt(p.place, "the prompt %s is not carried over: its last message is of the role %s; let it end with that of "+
				"the user, which a turn takes the place of", p.title(), last.role)
		} else if !p.converses {
			f.lostAt(p.place, "the prompt %s does not use %s, so promptfoo asks it each test alone; here it has the turns of "+
				"the others. Import it without them for cases of one reply", p.title(), conversationVar)
		}
		return last.role != graders.RoleUser
	})
	repeat := f.root.Get("evaluateOptions").Get("repeat")
	if n, _ := number(plain(repeat)); n > 1 {
		f.lost(repeat, "repeat goes on with a conversation, which is not carried over; run with --trials %s, which asks it "+
			"anew", repeat.Text())
	}
}

// chats makes prior messages of a var that is the whole prompt and a list of messages in each case.
func (f *promptfooConfig) chats() {
	if len(f.prompts) != 1 || len(f.prompts[0].messages) != 1 || len(f.cases) == 0 {
		return
	}
	p := &f.prompts[0]
	list := pieces(strings.TrimSpace(p.messages[0].text))
	if len(list) != 1 || list[0].expr == nil || len(list[0].expr.steps) > 0 {
		return
	}
	name := list[0].expr.name
	all := make([]suite.Messages, len(f.cases))
	var opening suite.Messages // what comes before the user in all of them
	for i, c := range f.cases {
		var messages []graders.Message
		isNone := func(m graders.Message) bool { return !isRole(m.Role) || m.Content == "" }
		if json.Unmarshal([]byte(asText(list[0].expr.value(c.vars))), &messages) != nil ||
			slices.ContainsFunc(messages, isNone) {
			return
		}
		at := max(0, slices.IndexFunc(messages, func(m graders.Message) bool { return m.Role == graders.RoleUser }))
		if i == 0 {
			opening = messages[:at]
		}
		same := func(a, b graders.Message) bool { return a.Role == b.Role && a.Content == b.Content }
		isOther := func(m graders.Message) bool { return m.Role != graders.RoleUser && m.Role != graders.RoleAssistant }
		all[i] = messages[at:]
		switch n := len(all[i]); {
		case !slices.EqualFunc(opening, messages[:at], same), n == 0, all[i][n-1].Role != graders.RoleUser,
			slices.ContainsFunc(all[i], isOther):
			f.lostAt(p.place, "the chats in {{%s}} begin with different messages or do not end with the user, so they are sent "+
				"as the text of one message; write messages at the cases", name)
			return
		}
	}
	p.messages = nil
	for _, m := range opening {
		p.messages = append(p.messages, message{role: m.Role, text: literal(m.Content), at: always(p.place)})
	}
	p.messages = append(p.messages, message{role: graders.RoleUser, text: "{{" + name + "}}", at: always(p.place)})
	for i := range f.cases {
		f.cases[i].vars = overlay(f.cases[i].vars, map[string]any{name: all[i][0].Content})
		if len(all[i]) > 1 {
			f.cases[i].Messages = all[i]
		}
	}
}
