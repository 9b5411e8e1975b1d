package runfile

import (
	"bytes"
	"encoding/json"
)

// An encoder renders records as lines. It is used for one after the other, since
// the memory of a line is most of what writing it takes.
type encoder struct {
	line bytes.Buffer
	json *json.Encoder
}

func newEncoder() *encoder {
	e := &encoder{}
	e.json = json.NewEncoder(&e.line)
	e.json.SetEscapeHTML(false) // so that <, > and & stay readable
	return e
}

// encode renders one record; the line is valid until the next one.
func (e *encoder) encode(record any) ([]byte, error) {
	e.line.Reset()
	err := e.json.Encode(record)
	return e.line.Bytes(), err
}
