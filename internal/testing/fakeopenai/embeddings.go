package fakeopenai

import (
	"net/http"
	"unicode"
)

// embed answers POST …/embeddings with the vector of a text.
func (s *Server) embed(r Request) Reply {
	if refused := s.refuse(r); refused != nil {
		return *refused
	}
	text, isText := r.Fields["input"].(string)
	if !isText || text == "" {
		return Error(http.StatusBadRequest, "", "the input is no text")
	}
	return ok(map[string]any{
		"object": "list", "model": r.Model,
		"data":  []any{map[string]any{"object": "embedding", "index": 0, "embedding": Vector(text)}},
		"usage": map[string]any{"prompt_tokens": len([]rune(text)), "total_tokens": len([]rune(text))},
	})
}

// Vector is the embedding that the server gives a text: how often it has letters of each of 64 kinds. Texts of the same
// letters have the same direction, whatever their order.
func Vector(text string) []float64 {
	const kinds = 64
	out := make([]float64, kinds)
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out[int(r)%kinds]++
		}
	}
	return out
}
