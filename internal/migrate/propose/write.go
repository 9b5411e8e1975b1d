package propose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/text/wording"
)

// Blank is the expected type of a case that a person has yet to label. No suite has such a type, so it is an error
// until it is filled in.
const Blank = "TODO"

// maxFile is how many bytes a suite may have.
const maxFile = 32 << 20

// YAML is a suite that extends the one that the cases are proposed for, by its path, with the proposed cases as its
// own. Where that suite has types, a case without one has a [Blank].
func (r *Result) YAML(extends string, s *suite.Suite) ([]byte, error) {
	cases := make([]any, 0, len(r.Cases))
	for i := range r.Cases {
		one, err := caseOf(r.Cases[i].Case, len(s.Rules.Types) > 0)
		if err != nil {
			return nil, err
		}
		cases = append(cases, one)
	}
	data, err := strictyaml.Write(strictyaml.Object{
		{Key: "suite", Value: "proposed"}, {Key: "extends", Value: extends},
		{Key: "description", Value: "proposed cases; a person labels them"}, {Key: "cases", Value: cases},
	})
	if err != nil {
		return nil, err
	}
	data = append([]byte(r.head()), data...)
	if len(data) > maxFile {
		return nil, fmt.Errorf("the proposed cases have %d MiB, and a suite may have %d: split the export",
			len(data)>>20, maxFile>>20)
	}
	return data, nil
}

func caseOf(c suite.Case, hasTypes bool) (strictyaml.Object, error) {
	expect, err := expectOf(c.Expect)
	if err != nil {
		return nil, err
	}
	if hasTypes && c.Expect.Type == "" {
		expect["type"] = Blank
	}
	var tags strictyaml.Flow
	for _, tag := range c.Tags {
		tags = append(tags, tag)
	}
	vars := map[string]any{}
	for name, value := range c.Vars {
		vars[name] = value
	}
	o := strictyaml.Object{{Key: "id", Value: c.ID}, {Key: "input", Value: c.Input}}
	add := func(key string, value any, isSet bool) {
		if isSet {
			o = append(o, strictyaml.Field{Key: key, Value: value})
		}
	}
	add("expect", expect, len(expect) > 0)
	add("tags", tags, len(tags) > 0)
	add("group", c.Group, c.Group != "")
	add("vars", vars, len(vars) > 0)
	add("note", c.Note, true)
	return o, nil
}

// head says in comments what a person does with the file, and by which rules it was redacted.
func (r *Result) head() string {
	lines := []string{
		"Proposed by promptbench " + r.by + ". For each case: read it for private text that no rule finds,",
		"replace " + Blank + " by the type that you expect, and move it into the suite, or delete it.",
	}
	if len(r.Files) > 0 && slices.Contains(r.Files[0].Formats, formatModel) {
		lines = []string{
			"Proposed by promptbench " + r.by + ". For each case: ask whether a user would type it, and replace",
			Blank + " by the type that you expect, or delete it. --accept ID moves a case into the suite.",
		}
	}
	for _, line := range r.summary(filepath.Base) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return "# " + strings.Join(lines, "\n# ") + "\n"
}

// Summary says in sentences what was read, proposed, redacted and left out.
func (r *Result) Summary() []string {
	return r.summary(func(path string) string { return path })
}

func (r *Result) summary(named func(path string) string) []string {
	var lines []string
	for _, f := range r.Files {
		line := fmt.Sprintf("%s: %s", named(f.File), wording.Count(f.Records, "record"))
		if len(f.Formats) > 0 {
			line += " (" + wording.List(f.Formats) + ")"
		}
		if len(f.Inputs) > 0 {
			line += fmt.Sprintf(", with the input in %s (--input names another field)", wording.List(f.Inputs))
		}
		lines = append(lines, line)
	}
	line := wording.Count(len(r.Cases), "proposed case")
	if r.Groups > 0 {
		line += fmt.Sprintf(", some in %s of nearly equal inputs", wording.Count(r.Groups, "group"))
	}
	lines = append(lines, line)
	for _, one := range r.Redacted {
		lines = append(lines, fmt.Sprintf("redacted %s as [%s]: %s", wording.Count(one.Times, "place"), one.Rule, one.Finds))
	}
	for _, one := range r.LeftOut {
		first := one.Records[0]
		lines = append(lines, fmt.Sprintf("left out %s: %s (first: %s:%d)",
			wording.Count(len(one.Records), "record"), one.Reason, named(first.File), first.Line))
	}
	return lines
}

func expectOf(e graders.Expect) (map[string]any, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return out, dec.Decode(&out)
}

// JSON is the result as one object on a line.
func (r *Result) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(r)
	return b.Bytes(), err
}
