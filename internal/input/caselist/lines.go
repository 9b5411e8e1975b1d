package caselist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"promptbench/internal/input/suite"
)

// AppendLines adds cases to the text of a JSON Lines file.
func AppendLines(data []byte, cases ...suite.Case) ([]byte, error) {
	var b bytes.Buffer
	b.Write(data)
	if n := len(data); n > 0 && data[n-1] != '\n' {
		b.WriteByte('\n')
	}
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, c := range cases {
		if err := enc.Encode(c); err != nil {
			return nil, fmt.Errorf("writing the case %s: %w", c.ID, err)
		}
	}
	return b.Bytes(), nil
}

// SetGroupInLines gives a case of a JSON Lines file a group, unless it has one.
func SetGroupInLines(data []byte, id, group string) ([]byte, error) {
	quoted, err := json.Marshal(group)
	if err != nil {
		return nil, fmt.Errorf("writing the group %s: %w", group, err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		var c suite.Case
		if json.Unmarshal([]byte(line), &c) != nil || c.ID != id || c.Group != "" {
			b.WriteString(line)
			continue
		}
		end := strings.LastIndex(line, "}")
		edited := line[:end] + `,"group":` + string(quoted) + line[end:]
		if json.Unmarshal([]byte(edited), &c) != nil || c.Group != group {
			return nil, fmt.Errorf("the line of the case %s cannot be edited as text; give it the group %s by hand", id, group)
		}
		b.WriteString(edited)
	}
	return []byte(b.String()), nil
}
