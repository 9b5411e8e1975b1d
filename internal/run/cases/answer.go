package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/run/editor"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// inputsIn are the texts of an answer, which is {"inputs": […]} and nothing else, a code fence aside. The answer comes
// from outside: its size, the number of texts and their characters are bounded. The error says what is wrong in words
// that can be sent back: it quotes nothing.
func (t task) inputsIn(answer string) ([]string, error) {
	switch {
	case strings.TrimSpace(answer) == "":
		return nil, errors.New("it is empty")
	case len(answer) > mostAnswer:
		return nil, fmt.Errorf("it is longer than %d bytes", mostAnswer)
	case !utf8.ValidString(answer):
		return nil, errors.New("it is not UTF-8")
	}
	var object struct {
		Inputs *[]*string `json:"inputs"`
	}
	dec := json.NewDecoder(strings.NewReader(editor.Inside(answer)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&object); err != nil || object.Inputs == nil {
		return nil, errors.New(`it is not a JSON object with "inputs", a list of texts, alone`)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the JSON object")
	}
	list := *object.Inputs
	switch least := t.least(); {
	case len(list) > t.want:
		return nil, fmt.Errorf("it has %s, and at most %d are wanted", wording.Count(len(list), "input"), t.want)
	case len(list) < least:
		return nil, fmt.Errorf("it has %s, and at least %d are wanted", wording.Count(len(list), "input"), least)
	}
	out := make([]string, len(list))
	for i, text := range list {
		var err error
		if out[i], err = safeInput(text); err != nil {
			return nil, fmt.Errorf("input %d %w", i+1, err)
		}
	}
	return out, nil
}

// least is how many inputs an answer has at least. A rule that holds for every reply needs none.
func (t task) least() int {
	switch {
	case t.rule != nil:
		return 0
	case len(t.cases) > 0:
		return t.want
	}
	return 1
}

// safeInput is a text that can be the input of a case: not empty, not long, and without characters that a person who
// labels it would not see.
func safeInput(text *string) (string, error) {
	if text == nil {
		return "", errors.New("is null")
	}
	s := norm.NFC.String(strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n")))
	switch {
	case s == "":
		return "", errors.New("is empty")
	case len(s) > mostOneInput:
		return "", fmt.Errorf("is longer than %d bytes", mostOneInput)
	case textsafe.Block(s) != s || strings.ContainsRune(s, utf8.RuneError):
		return "", errors.New("has control characters or others that cannot be seen")
	}
	return s, nil
}
