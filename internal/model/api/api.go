// Package api has the wire formats of model APIs, one file each:
//
//	chat.go  OpenAI's chat completions, which most servers speak
//
// To add an API, write a type with the three methods of [model.API] in a file of its own, and add one line to [ByName].
// What APIs have in common is beside them: errors.go names the error in an answer, whatever its shape, and
// retryafter.go reads how long a server asks to wait.
package api

import (
	"fmt"

	"promptbench/internal/model"
)

// ByName returns the API that a config calls by this name; the empty name is chat.
func ByName(name string) (model.API, error) {
	switch name {
	case "", "chat":
		return Chat{}, nil
	}
	return nil, fmt.Errorf("unknown API %q: want chat", name)
}
