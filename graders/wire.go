package graders

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Protocol is the version of how a grader in a program of its own is spoken to:
// lines of JSON, one object each way, as docs/custom-graders.md describes.
const Protocol = 1

const (
	maxAnswer = 1 << 20 // bytes of a line from a grader
	maxReason = 1000    // characters of a reason that are kept
	maxName   = 100     // and of a name and a version
)

// greeting is the first line to a grader.
type greeting struct {
	Protocol int    `json:"protocol"`
	Grader   string `json:"grader"` // the name of the score, as the suite gives it
}

// introduction is the first line from a grader.
type introduction struct {
	Protocol int    `json:"protocol"`
	Name     string `json:"name"`
	Version  string `json:"version"`
}

// wireSample is a sample with its id, which the answer repeats.
type wireSample struct {
	ID int `json:"id"`
	Sample
}

func newWireSample(id int, s Sample) wireSample {
	out := wireSample{id, s}
	if out.Vars == nil {
		out.Vars = map[string]string{}
	}
	out.Tags = orEmpty(out.Tags)
	out.Reply.Items, out.Reply.Defects = orEmpty(out.Reply.Items), orEmpty(out.Reply.Defects)
	return out
}

// orEmpty keeps a list from being null, which other languages trip over.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type wireAnswer struct {
	ID            int      `json:"id"`
	Value         *float64 `json:"value,omitempty"`
	Pass          *bool    `json:"pass,omitempty"`
	Answer        string   `json:"answer,omitempty"`
	Reason        string   `json:"reason,omitempty"`
	Unscored      string   `json:"unscored,omitempty"`
	Broken        bool     `json:"broken,omitempty"`
	NotApplicable string   `json:"not_applicable,omitempty"`
}

func writeLine(w io.Writer, message any) error {
	line, err := encode(message)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// readMembers reads a line that must be one JSON object.
func readMembers(line []byte) (map[string]value, error) {
	line = bytes.TrimSpace(line)
	if !bytes.HasPrefix(line, []byte("{")) {
		return nil, errors.New("no JSON object")
	}
	var object value
	dec := json.NewDecoder(bytes.NewReader(line))
	switch err := dec.Decode(&object.raw); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("no JSON: it is cut off")
	case err != nil:
		return nil, fmt.Errorf("no JSON: %w", err)
	case int(dec.InputOffset()) < len(line):
		return nil, errors.New("more than one object on a line")
	}
	var d decoder
	out := map[string]value{}
	for _, f := range d.entries(object) {
		out[f.key] = f.value
	}
	if err := d.err(); err != nil {
		return nil, fmt.Errorf("no clear object: %w", err)
	}
	return out, nil
}

func readIntroduction(line []byte) (Says, error) {
	var out Says
	members, err := readMembers(line)
	if err != nil {
		return out, err
	}
	var d decoder
	protocol := d.count(members["protocol"])
	switch {
	case protocol == nil && d.err() == nil:
		return out, errors.New(`no introduction, which has "protocol"`)
	case protocol != nil && *protocol != Protocol:
		return out, fmt.Errorf("version %d of the protocol, not %d", *protocol, Protocol)
	}
	out = Says{shorten(d.text(members["name"]), maxName), shorten(d.word(members["version"]), maxName)}
	if out.Name == "" && d.err() == nil {
		return out, errors.New(`no introduction, which has "name"`)
	}
	return out, d.err()
}

// word reads a text, or a number as it is written.
func (d *decoder) word(v value) string {
	if v.kind() == kindNumber {
		return string(bytes.TrimSpace(v.raw))
	}
	return d.text(v)
}

func readID(members map[string]value) (int, error) {
	var d decoder
	id := d.count(value{raw: members["id"].raw, path: []any{"id"}})
	if id == nil {
		return 0, errors.New("no id: each line repeats the id of its sample")
	}
	return *id, nil
}

// readScore reads a score out of an answer, which says exactly one of three
// things. The score has no grader's name yet.
func readScore(members map[string]value) (Score, error) {
	known := []string{"id", "value", "pass", "answer", "reason", "unscored", "broken", "not_applicable"}
	var d decoder
	d.checkKeys(members, known)
	var results []string
	for _, key := range []string{"value", "unscored", "not_applicable"} {
		if members[key].kind() != kindAbsent {
			results = append(results, key)
		}
	}
	out := Score{
		Answer:        shorten(d.text(members["answer"]), maxReason),
		Reason:        shorten(d.anyText(members["reason"]), maxReason),
		Unscored:      shorten(d.text(members["unscored"]), maxReason),
		NotApplicable: shorten(d.text(members["not_applicable"]), maxReason),
	}
	switch {
	case len(results) == 0:
		d.add(nil, "", "an answer needs one of value, unscored and not_applicable")
	case len(results) > 1:
		d.add(nil, "", "an answer has one of value, unscored and not_applicable, found %s", strings.Join(results, " and "))
	case results[0] == "value":
		out.Value, out.Pass = d.share(members["value"])
	}
	if pass := members["pass"]; pass.kind() != kindAbsent {
		if out.Pass = d.boolean(pass); out.Value == nil && d.err() == nil {
			d.add(pass.path, "", "pass needs a value beside it")
		}
	}
	if broken := members["broken"]; broken.kind() != kindAbsent {
		if out.Broken = d.boolean(broken); out.Unscored == "" && d.err() == nil {
			d.add(broken.path, "", "broken needs unscored beside it")
		}
	}
	return out, d.err()
}

// A transformed is an answer about a reply to transform: its text, or its fault.
type transformed struct{ text, fault string }

// readTransformed reads such an answer.
func readTransformed(members map[string]value) (transformed, error) {
	known := []string{"id", "text", "unreadable"}
	var d decoder
	d.checkKeys(members, known)
	hasText := members["text"].kind() != kindAbsent
	hasFault := members["unreadable"].kind() != kindAbsent
	if hasText == hasFault {
		d.add(nil, "", "an answer has one of text and unreadable")
	}
	out := transformed{d.anyText(members["text"]), shorten(d.text(members["unreadable"]), maxReason)}
	return out, d.err()
}

// checkKeys records the keys that are not known.
func (d *decoder) checkKeys(members map[string]value, known []string) {
	for _, key := range sortedKeys(members) {
		if !slices.Contains(known, key) {
			d.add([]any{key}, suggest(key, known), "unknown key %s", quote(key))
		}
	}
}

// share reads a value from 0 to 1, or true or false; it passes at 1.
func (d *decoder) share(v value) (*float64, bool) {
	if v.kind() == kindBool {
		score := scoreIf(d.boolean(v), "", "")
		return score.Value, score.Pass
	}
	f := d.number(v, math.NaN())
	if f < 0 || f > 1 {
		d.add(v.path, "", "expected a number from 0 to 1, found %s", v.raw)
	}
	return &f, f == 1
}
