package improve

import (
	"errors"
	"fmt"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
)

// A detail says how much a request tells.
type detail struct {
	causes  int // why cases fail
	failing int // cases of each
	worked  int // cases of the cause to work on
	passing int // cases
	text    int // characters of a reply or an input
	tried   int // earlier revisions
	answer  int // characters of an answer that was no prompt
	parts   int // what parts of the prompt do
	isBrief bool
}

// details are tried in turn, until a request fits the editor. The first one keeps a request readable.
func details() []detail {
	return []detail{
		{causes: 6, failing: 3, worked: 5, passing: 4, text: 1500, tried: 12, answer: 6000, parts: 12},
		{causes: 4, failing: 2, worked: 4, passing: 2, text: 600, tried: 8, answer: 3000, parts: 8},
		{causes: 4, failing: 1, worked: 3, passing: 1, text: 400, tried: 4, answer: 1000, parts: 5, isBrief: true},
		{causes: 2, worked: 3, text: 250, tried: 3, parts: 3, isBrief: true},
		{causes: 1, worked: 2, text: 250, tried: 2, parts: 1, isBrief: true},
		{causes: 1, worked: 1, text: 200, isBrief: true},
		{causes: 1, worked: 1, text: 80, isBrief: true},
	}
}

// errTooLong says that no request for a task fits the editor.
var errTooLong = errors.New("the request does not fit the editor")

// request is the most detailed request for a task that fits the editor, with room for an answer of the length of the
// prompt. An answer may be longer by as much as [engine.Tokens] estimates too many.
func (s *Search) request(t task) (string, error) {
	file, err := t.of[0].File()
	if err != nil {
		return "", err
	}
	answer := engine.Tokens(len(file))
	least := 0
	for _, d := range details() {
		text, err := t.text(s.Project.Suite, s.specs, d)
		if err != nil {
			return "", err
		}
		least = s.editor.Tokens(text) + answer
		if s.editor.Context == 0 || least <= s.editor.Context {
			return text, nil
		}
	}
	return "", fmt.Errorf("%w: it takes about %d tokens with its answer", errTooLong, least)
}

// resultTokens is the least room for why cases fail.
const resultTokens = 200

// checkContext refuses, before any call, an editor that has hardly room for the prompt.
func (s *Search) checkContext() error {
	of := *s
	if of.editor.Context > 0 {
		of.editor.Context = max(1, of.editor.Context-resultTokens)
	}
	_, err := of.request(task{of: []*prompt.Prompt{s.base}, runs: []*runfile.Run{{}}})
	if errors.Is(err, errTooLong) {
		return problem.List{{
			Message: fmt.Sprintf("%s is too long for the editor %s, which has %d tokens of context", s.base.Name, s.editor.Name,
				s.editor.Context),
			Hint: "name an editor with more, or correct `context` in the config",
		}}
	}
	return err
}
