package propose

import (
	"maps"
	"slices"
	"strings"
)

// fromRecord finds what a user typed in a record, or says why there is nothing.
func (p *proposer) fromRecord(rec record) (typed, string) {
	f := rec.fields
	if list, ok := f["attributes"].([]any); ok {
		f = maps.Clone(f)
		f["attributes"] = attributesOf(list)
	}
	t := typed{
		format: formatOf(f),
		trace:  firstText(f, "traceId", "trace_id", "context.trace_id", "root_span_id"),
		span:   firstText(f, "spanId", "span_id", "context.span_id", "run_id", "id", "ID"),
		parent: firstText(f, "parentSpanId", "parent_span_id", "parent_id", "parent_run_id", "parentObservationId",
			"parent_observation_id", "span_parents.0"),
		at: when(f),
	}
	if p.o.Input != "" {
		t.text, t.turns = userText(at(f, p.o.Input))
		if t.text == "" {
			return t, noTextIn(p.o.Input)
		}
		return t, ""
	}
	if t.format != formatPlain {
		kind := strings.ToLower(firstText(f, "attributes.openinference.span.kind", "run_type", "span_attributes.type",
			"attributes.gen_ai.operation.name", "type"))
		if isMachine(kind) {
			return t, "a span of a " + kind + ", which no user typed"
		}
	}
	switch t.format {
	case formatOTel:
		t.text, t.turns = fromOTel(f)
	case formatPhoenix:
		t.text, t.turns = firstUserText(f, "attributes.llm.input_messages", "attributes.input.value")
	case formatLangSmith:
		t.text, t.turns = firstUserText(f, "inputs")
		if t.text == "" { // a table has a column for each input
			t.text, t.turns = userText(under(f, "inputs"))
		}
	case formatPlain:
		return p.fromPlain(f, t)
	default:
		t.text, t.turns = firstUserText(f, "input")
	}
	if t.text == "" {
		return t, "no text of a user"
	}
	return t, ""
}

// fromPlain takes the first field that is called like an input. Its text is what it is, JSON or not.
func (p *proposer) fromPlain(f map[string]any, t typed) (typed, string) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if text, ok := f[name].(string); ok && len(f) == 1 {
			p.chose(name)
			t.text, t.turns = text, 1
			return t, blank(text)
		}
	}
	for _, want := range inputNames() {
		for _, name := range slices.Sorted(maps.Keys(f)) {
			if !strings.EqualFold(name, want) {
				continue
			}
			if text, ok := f[name].(string); ok {
				p.chose(name)
				t.text, t.turns = text, 1
				return t, blank(text)
			}
			if t.text, t.turns = userText(f[name]); t.text != "" {
				p.chose(name)
				return t, ""
			}
		}
	}
	return t, noInput
}

const noInput = "no field is called like an input; name it with --input"

func noTextIn(field string) string { return "no text in the field " + field }

func blank(text string) string {
	if strings.TrimSpace(text) == "" {
		return "the input is empty"
	}
	return ""
}

// fromOTel reads the messages of a span, of its events, or of a log record.
func fromOTel(f map[string]any) (string, int) {
	text, turns := firstUserText(f, "attributes.gen_ai.input.messages", "attributes.gen_ai.prompt",
		"gen_ai.input.messages",
		"gen_ai.prompt", "body.gen_ai.input.messages")
	if text != "" {
		return text, turns
	}
	events, _ := f["events"].([]any)
	if name := firstText(f, "eventName", "event_name", "attributes.event.name"); name != "" {
		events = append(events, map[string]any{"name": name, "attributes": at(f, "attributes"), "body": at(f, "body")})
	}
	for _, e := range events {
		event, ok := e.(map[string]any)
		if !ok {
			continue
		}
		attributes := event["attributes"]
		if list, ok := attributes.([]any); ok {
			attributes = attributesOf(list)
		}
		body := event["body"]
		if m, ok := body.(map[string]any); ok {
			body = plainValue(m)
		}
		switch name := firstText(event, "name", "event_name"); name {
		case "gen_ai.user.message":
			for _, from := range []any{at(attributes, "content"), at(attributes, "gen_ai.prompt"), at(body, "content"),
				at(attributes, "gen_ai.event.content"), at(attributes, "message.content")} {
				if one := contentText(from); one != "" {
					text = one
					turns++
					break
				}
			}
		case "gen_ai.content.prompt", "gen_ai.client.inference.operation.details":
			for _, path := range []string{"gen_ai.prompt", "gen_ai.input.messages"} {
				for _, from := range []any{attributes, body} {
					if one, n := userText(at(from, path)); one != "" {
						text, turns = one, n
					}
				}
			}
		}
	}
	return text, turns
}

// firstUserText is the userText of the first path that has one.
func firstUserText(f map[string]any, paths ...string) (string, int) {
	for _, path := range paths {
		if text, turns := userText(at(f, path)); text != "" {
			return text, turns
		}
	}
	return "", 0
}
