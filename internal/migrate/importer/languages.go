package importer

import (
	_ "embed" // the scripts that run assertions of promptfoo
)

//go:embed scripts/assert.py
var pythonScript []byte

//go:embed scripts/assert.cjs
var javascriptScript []byte

// A language is one that assertions are written in, with the script that speaks
// the protocol of command graders and runs them.
type language struct {
	name, title  string
	program, ext string
	script       []byte
}
