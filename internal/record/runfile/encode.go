package runfile

import (
	"encoding/json"
	"fmt"
	"io"
)

// Encode writes a run as a file has it: the header, its cases, calls and trials, and the end line where there is one.
// The run must be loaded in full.
func Encode(w io.Writer, run *Run) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // so that <, > and & stay readable
	h := run.Header
	h.Kind, h.Schema = KindHeader, Schema
	err := enc.Encode(h)
	for i := 0; i < len(run.Cases) && err == nil; i++ {
		c := run.Cases[i]
		c.Kind = KindCase
		err = enc.Encode(c)
	}
	for i := 0; i < len(run.Calls) && err == nil; i++ {
		c := run.Calls[i]
		c.Kind = KindCall
		err = enc.Encode(c)
	}
	for i := 0; i < len(run.Trials) && err == nil; i++ {
		t := run.Trials[i]
		t.Kind = KindTrial
		err = enc.Encode(t)
	}
	if err == nil && run.End != nil {
		e := *run.End
		e.Kind = KindEnd
		err = enc.Encode(e)
	}
	if err != nil {
		return fmt.Errorf("encoding run %s: %w", run.Header.Run, err)
	}
	return nil
}
