package strictyaml

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/graders/nearest"
)

// Nearest returns the known word that is nearest to word, see [nearest.Word].
func Nearest(word string, known []string) string { return nearest.Word(word, known) }

// DidYouMean returns a question with the nearest known word, or nothing.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// Hint returns the remedy for an unknown word: the nearest known one, else all
// of them. It is empty if there are none.
func Hint(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 {
		return ""
	}
	const most = 20
	list := slices.Clone(known[:min(len(known), most)])
	if len(known) > most {
		list = append(list, "…")
	}
	return "known: " + strings.Join(list, ", ")
}
