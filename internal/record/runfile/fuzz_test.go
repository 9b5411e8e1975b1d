package runfile_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
)

// Whatever a file holds, reading it never panics, and the quick reader of
// [runfile.Scores] comes to the same as encoding/json wherever that is content.
func FuzzDecode(f *testing.F) {
	whole := schema1(f)
	f.Add(whole)
	f.Add(bytes.Join(bytes.SplitAfter(whole, []byte("\n"))[:2], nil))
	f.Add([]byte("{\"kind\":\"header\",\"schema\":2}\n"))
	f.Add([]byte(nil))
	f.Fuzz(alike)
}

// FuzzRecord is [FuzzDecode] for one record below a header.
func FuzzRecord(f *testing.F) {
	for _, line := range bytes.Split(schema1(f), []byte("\n"))[1:] {
		f.Add(line)
	}
	for _, line := range []string{
		`{"kind":"trial","case":"가","trial":1,"key":"","scores":[{"grader":"a","value":1e0,"pass":true}]}`,
		`{"kind":"trial","case":"\ud83d\udc68\u200d👩","trial":1,"scores":[],` +
			`"read":{"type":"","items":["\"]}"],"defects":null}}`,
		`{"kind":"trial","case":"a","case":"b","Trial":2,"scores":null,"error":null}`,
		`{"kind":"call","case":"a","for":"reply","usage":{"input_tokens":1,"output_tokens":-0},` +
			`"at":"2026-11-23T06:34:02.123456789+09:00","latency_ms":01}`,
		`{"kind":"call","case":"a","for":"judge","criterion":"a,\u0062","vote":3}`,
		`{"kind":"trial","case":"a","trial":1,"scores":[{"grader":"rubric/a","value":1,"pass":true,` +
			`"answer":"yes","share":0.6666666666666666}]}`,
		`{"kind":"case","case":"a","input":"\\","expect":{"count":{}},"tags":["x","x"],"group":""}`,
		`{"kind":"case","case":"a","input":"\`,
		`{ "kind" : "case" }`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		alike(t, []byte("{\"kind\":\"header\",\"schema\":1}\n"+string(line)+"\n"))
	})
}

func alike(t *testing.T, data []byte) {
	t.Helper()
	scores, scoresErr := decode(data, runfile.Scores)
	full, err := decode(data, runfile.Full)
	if err != nil {
		return // a broken text that is passed over breaks nothing
	}
	require.NoError(t, scoresErr)
	require.Equal(t, shape(reduced(full)), shape(scores))
}

// shape is a run with nil in place of everything empty, which is the same to
// every reader.
func shape(run *runfile.Run) *runfile.Run {
	out := *run
	out.Calls, out.Cases, out.Trials = orNil(out.Calls), orNil(out.Cases), orNil(out.Trials)
	for i := range out.Cases {
		out.Cases[i].Tags = orNil(out.Cases[i].Tags)
		if len(out.Cases[i].Vars) == 0 {
			out.Cases[i].Vars = nil
		}
	}
	for i := range out.Trials {
		out.Trials[i].Scores = orNil(out.Trials[i].Scores)
		if r := out.Trials[i].Read; r != nil {
			out.Trials[i].Read = &runfile.Read{Format: r.Format, Type: r.Type, Items: orNil(r.Items), Defects: orNil(r.Defects)}
		}
	}
	return &out
}

func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return append([]T(nil), list...)
}
