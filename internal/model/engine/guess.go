package engine

import (
	"sync"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
)

// A guess estimates the tokens of a call before it is made, from its text and from the calls that were answered before.
type guess struct {
	mu           sync.Mutex
	bytes, input int // of the calls answered so far
	calls        int
	output       int
}

// guessOutput is the estimated length of the first reply, where the request sets no limit.
const guessOutput = 256

// Tokens estimates the tokens of a text of so many bytes. A token is a syllable of Korean, three bytes, or about four
// letters of English, so a third of the bytes is rather too much than too little.
func Tokens(bytes int) int { return bytes/3 + 1 }

// Longest is how many tokens the first reply is taken to have, by the parameters of its request.
func Longest(p params.Params) int {
	switch {
	case p.MaxCompletionTokens != nil:
		return *p.MaxCompletionTokens
	case p.MaxTokens != nil:
		return *p.MaxTokens
	}
	return guessOutput
}

// tokens estimates the tokens of a call.
func (g *guess) tokens(r model.Request) model.Usage {
	g.mu.Lock()
	defer g.mu.Unlock()
	bytes := bytesOf(r)
	u := model.Usage{InputTokens: Tokens(bytes), OutputTokens: Longest(r.Params)}
	if g.calls > 0 {
		if g.bytes > 0 {
			u.InputTokens = int(float64(bytes) * float64(g.input) / float64(g.bytes))
		}
		u.OutputTokens = g.output / g.calls
		return u
	}
	return u
}

// learn records how many tokens a call took.
func (g *guess) learn(r model.Request, u model.Usage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls++
	g.bytes += bytesOf(r)
	g.input += u.InputTokens
	g.output += u.OutputTokens
}

// bytesOfAttachment is as much text as an image counts for: about a thousand tokens.
const bytesOfAttachment = 4000

func bytesOf(r model.Request) int {
	n := 0
	for _, m := range r.Messages {
		n += len(m.Content) + bytesOfAttachment*len(m.Attachments)
	}
	return n
}
