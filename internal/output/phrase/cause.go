package phrase

import (
	"fmt"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/causes"
)

// Cause is a cause in words, its grader first.
func Cause(c causes.Cause) string {
	switch {
	case c.Grader == "":
		return c.What
	case c.What == "":
		return c.Grader + " (the reasons differ)"
	}
	return c.Grader + ": " + c.What
}

// mostTags is how many tags of a cause are named.
const mostTags = 3

// CauseTags says with which tags a cause is more frequent, or that it follows from wrong types; empty if neither.
func CauseTags(c causes.Cause) string {
	if c.Follows() {
		return fmt.Sprintf("the type is wrong, too, in %d of %d", c.WrongType, len(c.Cases))
	}
	if len(c.Tags) == 0 {
		return ""
	}
	var words []string
	for _, t := range c.Tags[:min(len(c.Tags), mostTags)] {
		words = append(words, fmt.Sprintf("%s (%d of %d)", t.Tag, t.Failed, t.Of))
	}
	return "more often with " + wording.List(words)
}
