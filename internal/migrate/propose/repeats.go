package propose

import (
	"fmt"

	"promptbench/internal/input/suite"
)

// Repeats says which case of a suite the input of a case repeats, but for case, spaces and the end. It names no sealed
// case.
func Repeats(s *suite.Suite, c suite.Case) (what string, err error) {
	key := keyOf(c)
	for other, err := range s.All() {
		switch {
		case err != nil:
			return "", fmt.Errorf("reading the cases of the suite: %w", err)
		case keyOf(other) != key:
		case s.IsSealed(other.ID):
			return "a sealed case", nil
		default:
			return "the case " + other.ID, nil
		}
	}
	return "", nil
}
