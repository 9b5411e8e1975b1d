package propose

import (
	"maps"
	"slices"
	"strings"
)

// inputNames are what the field with a user's text is called, the likeliest first.
func inputNames() []string {
	return []string{
		"user_input", "userInput", "human_input", "input", "question", "query", "prompt", "text", "message", "content",
		"utterance", "request", "user", "입력", "질문", "내용", "할일",
	}
}

// userText returns what a user typed last in a value of an export, and how many messages of the user there are: in a
// list of messages, an object around it, or a text, which may be any of these in JSON.
func userText(v any) (text string, turns int) { return userTextIn(v, 0) }

// maxDepth is how far inside of a value a text is looked for.
const maxDepth = 8

func userTextIn(v any, depth int) (string, int) {
	if depth > maxDepth {
		return "", 0
	}
	switch v := v.(type) {
	case string:
		if parsed, err := parseJSON(v); err == nil {
			return userTextIn(parsed, depth+1)
		}
		if strings.TrimSpace(v) == "" {
			return "", 0
		}
		return v, 1
	case []any:
		return lastOfUser(v, depth)
	case map[string]any:
		if role := roleOf(v); role != "" {
			if !isUser(role) {
				return "", 0
			}
			return one(messageText(v))
		}
		for _, name := range append([]string{"messages"}, inputNames()...) {
			if text, turns := userTextIn(v[name], depth+1); text != "" {
				return text, turns
			}
		}
		if len(v) == 1 {
			for name := range maps.Keys(v) {
				return userTextIn(v[name], depth+1)
			}
		}
	}
	return "", 0
}

func one(text string) (string, int) {
	if text == "" {
		return "", 0
	}
	return text, 1
}

// lastOfUser is the last message of the user in a list of messages, which may be in a list of their own.
func lastOfUser(list []any, depth int) (text string, turns int) {
	if len(list) == 2 { // a message as LangChain's pair of role and content
		role, isText := list[0].(string)
		if content, ok := list[1].(string); ok && isText && (isUser(role) || isOther(role)) {
			if isUser(role) {
				return one(content)
			}
			return "", 0
		}
	}
	for _, item := range list {
		switch item := item.(type) {
		case map[string]any:
			if isUser(roleOf(item)) {
				if one := messageText(item); one != "" {
					text = one
					turns++
				}
			}
		case []any:
			if one, n := userTextIn(item, depth+1); one != "" {
				text = one
				turns += n
			}
		case string:
			if len(list) == 1 {
				return one(item)
			}
		}
	}
	return text, turns
}

// roleOf is the role of a message, in the words of OpenAI, of LangChain and of OpenInference; empty for what is none.
func roleOf(m map[string]any) string {
	for _, path := range []string{"role", "message.role", "kwargs.type", "type"} {
		if role, ok := at(m, path).(string); ok && (isUser(role) || isOther(role)) {
			return strings.ToLower(role)
		}
	}
	if id, ok := m["id"].([]any); ok && len(id) > 0 { // LangChain's constructor: ["langchain", …, "HumanMessage"]
		if class, ok := id[len(id)-1].(string); ok {
			if name, isMessage := strings.CutSuffix(strings.TrimSuffix(class, "Chunk"), "Message"); isMessage {
				return strings.ToLower(name)
			}
		}
	}
	return ""
}

func isUser(role string) bool {
	return slices.Contains([]string{"user", "human"}, strings.ToLower(role))
}

func isOther(role string) bool {
	return slices.Contains([]string{
		"system", "assistant", "ai", "tool", "function", "developer", "model", "chat", "generic",
	}, strings.ToLower(role))
}

// messageText is the text of a message: its content, or its parts that are text.
func messageText(m map[string]any) string {
	for _, path := range []string{
		"content", "parts", "kwargs.content", "data.content", "message.content", "message.contents", "text",
	} {
		if text := contentText(at(m, path)); text != "" {
			return text
		}
	}
	return ""
}

func contentText(v any) string {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			return v
		}
	case []any:
		var parts []string
		for _, part := range v {
			switch part := part.(type) {
			case string:
				parts = append(parts, part)
			case map[string]any:
				for _, path := range []string{"text", "content", "message_content.text"} {
					if text, ok := at(part, path).(string); ok {
						parts = append(parts, text)
						break
					}
				}
			}
		}
		return strings.TrimSpace(strings.Join(parts, "\n"))
	}
	return ""
}
