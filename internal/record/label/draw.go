package label

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// KindDraw is the kind of the line that records a random draw.
const KindDraw = "draw"

// Drawn says how a reply came to be labelled.
type Drawn string

// The ways. A reply that a person chose, or that came in the order of a seed, has none.
const (
	AtRandom Drawn = "random" // it is of a [Draw]
	AsUseful Drawn = "next"   // its label narrows an interval most
)

// A Draw puts the cases of some runs in a random order, and the first ones are labelled. It is a line of a label file,
// written before the first answer. The runs that hold the replies are its seed, so there is none to choose.
type Draw struct {
	Kind     string    `json:"kind"` // "draw"
	Suite    string    `json:"suite"`
	Runs     []string  `json:"runs"`   // that the replies were recorded in, sorted
	Sample   int       `json:"sample"` // cases drawn for each criterion
	Labeller string    `json:"labeller"`
	At       time.Time `json:"at"`
}

// Sort brings things into the order of the draw: by the SHA-256 of the runs and of the name of each.
func Sort[T any](d Draw, list []T, name func(T) string) {
	type placed struct {
		place [sha256.Size]byte
		what  T
	}
	seed, all := strings.Join(d.Runs, "\n")+"\n\n", make([]placed, len(list))
	for i, v := range list {
		all[i] = placed{sha256.Sum256([]byte(seed + name(v))), v}
	}
	slices.SortFunc(all, func(a, b placed) int { return bytes.Compare(a.place[:], b.place[:]) })
	for i := range all {
		list[i] = all[i].what
	}
}

// Covers reports whether a draw of the same person has these replies.
func (d Draw) Covers(other Draw) bool {
	return d.Labeller == other.Labeller && d.Suite == other.Suite && d.Sample >= other.Sample &&
		slices.Equal(d.Runs, other.Runs)
}

// ReadDraws reads the draws of all label files of a directory, in the order of the files.
func ReadDraws(dir string) ([]Draw, error) {
	return readAll(dir, DrawsIn)
}

// DrawsIn reads the draws of a label file. One that does not exist holds none.
func DrawsIn(path string) ([]Draw, error) {
	return readLines(path, KindDraw, func(d Draw) error {
		switch {
		case len(d.Runs) == 0:
			return errors.New("a draw says the runs that it is from")
		case d.Sample < 1:
			return fmt.Errorf("a draw of %d cases; it must be at least 1", d.Sample)
		}
		return nil
	})
}
