// Package wording decides number and lists in English sentences, so that no
// sentence says "1 cases" or "is" of two things.
package wording

import (
	"strconv"
	"strings"
)

// Count returns a number with its noun, given in the singular: "1 case",
// "2 cases", "3 replies".
func Count(n int, noun string) string {
	return strconv.Itoa(n) + " " + Noun(n, noun)
}

// About returns a number to two digits with its noun: "about 1400 cases", "about 35 cases".
func About(n int, noun string) string {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return "about " + Count((n+unit/2)/unit*unit, noun)
}

// Noun returns the noun, given in the singular, as it follows n: "case" after
// 1, else "cases".
func Noun(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsAny(stem[len(stem)-1:], "aeiou") {
		return stem + "ies"
	}
	for _, hiss := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(noun, hiss) {
			return noun + "es"
		}
	}
	return noun + "s"
}

// Verb returns the verb, given in the plural, as it follows n things: "fails"
// or "is" after 1, else "fail" or "are".
func Verb(n int, plural string) string {
	if n != 1 {
		return plural
	}
	switch plural {
	case "are":
		return "is"
	case "were":
		return "was"
	case "have":
		return "has"
	case "do":
		return "does"
	}
	return Noun(2, plural)
}

// List joins words as a sentence does: "a", "a and b", "a, b and c".
func List(words []string) string { return listed(words, "and") }

// Either joins words to choose one from: "a", "a or b", "a, b or c".
func Either(words []string) string { return listed(words, "or") }

func listed(words []string, joint string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + joint + " " + words[last]
}

// Quote sets off a name that a sentence could take for a word of its own.
func Quote(name string) string { return "`" + name + "`" }

// Quotes is [List] of names, each by [Quote].
func Quotes(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Quote(name)
	}
	return List(quoted)
}

// Ordinal returns a number as a place in an order: "1st", "2nd", "11th".
func Ordinal(n int) string {
	ending := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}
