// A grader that is a Go program: are replies short enough to read at a glance?
package main

import (
	"fmt"
	"log"
	"unicode/utf8"

	"promptbench/graders"
)

func main() {
	g := graders.Func("glance", 1, func(s graders.Sample) graders.Score {
		n := utf8.RuneCountInString(s.Reply.Text)
		return graders.Scored(min(1, 300/float64(max(1, n))), fmt.Sprintf("%d characters", n))
	})
	if err := graders.Serve(g); err != nil {
		log.Fatal(err)
	}
}
