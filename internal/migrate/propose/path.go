package propose

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// attributesOf makes a map of the attributes of OTLP, which are a list of keys with typed values.
func attributesOf(list []any) map[string]any {
	out := make(map[string]any, len(list))
	for _, one := range list {
		pair, _ := one.(map[string]any)
		if key, ok := pair["key"].(string); ok {
			if value, ok := pair["value"].(map[string]any); ok {
				out[key] = plainValue(value)
			}
		}
	}
	return out
}

// plainValue is an AnyValue of OTLP without its type; what is none stays as it is.
func plainValue(v map[string]any) any {
	for kind, value := range v {
		if len(v) != 1 {
			break
		}
		inner, _ := value.(map[string]any)
		switch kind {
		case "stringValue", "string_value", "intValue", "int_value", "doubleValue", "boolValue":
			return value
		case "arrayValue", "array_value":
			values, _ := inner["values"].([]any)
			out := make([]any, 0, len(values))
			for _, one := range values {
				if m, ok := one.(map[string]any); ok {
					out = append(out, plainValue(m))
				}
			}
			return out
		case "kvlistValue", "kvlist_value":
			values, _ := inner["values"].([]any)
			return attributesOf(values)
		}
	}
	return v
}

// at follows a path such as attributes.llm.input_messages, whose steps may be nested, joined by dots in one key, or
// both. A step into a list is a number.
func at(v any, path string) any {
	switch v := v.(type) {
	case map[string]any:
		if out, ok := v[path]; ok {
			return out
		}
		for i := range len(path) {
			if path[i] != '.' {
				continue
			}
			if inner, ok := v[path[:i]]; ok {
				if out := at(inner, path[i+1:]); out != nil {
					return out
				}
			}
		}
		return listAt(v, path)
	case []any:
		step, rest, _ := strings.Cut(path, ".")
		n, err := strconv.Atoi(step)
		if err != nil || n < 0 || n >= len(v) {
			return nil
		}
		if rest == "" {
			return v[n]
		}
		return at(v[n], rest)
	}
	return nil
}

// listAt gathers a list whose elements are spread over keys with numbers, such as gen_ai.prompt.0.content.
func listAt(m map[string]any, path string) any {
	elements := map[int]map[string]any{}
	for key, value := range m {
		rest, ok := strings.CutPrefix(key, path+".")
		if !ok {
			continue
		}
		step, name, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(step)
		if err != nil || name == "" {
			continue
		}
		if elements[n] == nil {
			elements[n] = map[string]any{}
		}
		elements[n][name] = value
	}
	if len(elements) == 0 {
		return nil
	}
	var out []any
	for _, n := range slices.Sorted(maps.Keys(elements)) {
		out = append(out, elements[n])
	}
	return out
}

// under gathers the columns of a table below a name, such as inputs.question.
func under(f map[string]any, name string) any {
	out := map[string]any{}
	for key, value := range f {
		for _, separator := range ".:_" {
			if rest, ok := strings.CutPrefix(key, name+string(separator)); ok && value != "" {
				out[rest] = value
			}
		}
	}
	return out
}

func firstText(f map[string]any, paths ...string) string {
	for _, path := range paths {
		switch v := at(f, path).(type) {
		case string:
			if v != "" {
				return v
			}
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

// when is the time of a record, in UTC to the second where it can be read.
func when(f map[string]any) string {
	text := firstText(f, "startTimeUnixNano", "start_time_unix_nano", "timeUnixNano", "start_time", "startTime",
		"timestamp",
		"created", "created_at", "createdAt", "time", "date")
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 {
		for _, scale := range []float64{1e9, 1e6, 1e3, 1} { // nanoseconds to seconds
			if seconds := n / scale; seconds > 1e8 && seconds < 1e10 {
				return time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
			}
		}
		return ""
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	}
	return ""
}

// parseJSON decodes a text that is an object or a list of JSON.
func parseJSON(text string) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' {
		return nil, errors.New("no object or list")
	}
	var out any
	err := json.Unmarshal([]byte(text), &out)
	return out, err
}
