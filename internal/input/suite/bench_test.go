package suite

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkParseJSONLines(b *testing.B) {
	var text strings.Builder
	const n = 1000
	for i := range n {
		fmt.Fprintf(
			&text,
			`{"id":"c%d","input":"내일 %d시에 치과 `+
				`가기","expect":{"type":"answer","count":{"min":2}},"tags":["health","has-time"]}`+"\n",
			i, i,
		)
	}
	open := files(map[string]string{"c.jsonl": text.String()})
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		_, probs := parse("s.yaml", []byte(external("c.jsonl")), open)
		if err := probs.Err(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStreamJSONLines(b *testing.B) {
	text := strings.Repeat(
		`{"id":"c","input":"내일 9시에 치과 가기","expect":{"type":"answer","count":{"min":2}},"tags":["health","has-time"]}`+"\n",
		1000,
	)
	f := &casesFile{path: "c.jsonl", open: files(map[string]string{"c.jsonl": text})}
	if err := f.each(func(record) bool { return true }); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		f.stream(func(_ Case, err error) bool {
			if err != nil {
				b.Fatal(err)
			}
			return true
		})
	}
}
