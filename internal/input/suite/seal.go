package suite

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// A seal is which cases of a suite are sealed.
type seal struct {
	cases  map[string]bool // by id
	units  int             // that they are
	isOpen bool
}

// IsSealed reports whether a case is sealed, be the seal open or not. Who writes
// prompts must not learn from sealed cases, so that a verdict on them is fair to the
// best of many revisions. The suite decides by the hash of a case's id or of its
// group: so many groups and cases of each expected type as the share says. Other cases
// leave the choice alone, but that a new one of the same type may take the place
// of one, or bring in one more.
func (s *Suite) IsSealed(id string) bool { return s.seal.cases[id] }

// Sealed returns the number of sealed cases.
func (s *Suite) Sealed() int { return len(s.seal.cases) }

// OpenSeal makes [Suite.Cases], [Suite.Len] and [Suite.Units] include sealed cases.
// The caller puts the opening on record.
func (s *Suite) OpenSeal() { s.seal.isOpen = true }

// Seal seals a share of the units of each type, in place of those that are sealed, for as long as the suite is loaded.
// The file and [Suite.Hash] stay as they are.
func (s *Suite) Seal(share float64) error {
	of := units{}
	for c, err := range s.All() {
		if err != nil {
			return err
		}
		of.add(c)
	}
	s.seal = of.seal(share)
	return nil
}

// SealIsOpen reports whether [Suite.OpenSeal] was called.
func (s *Suite) SealIsOpen() bool { return s.seal.isOpen }

const sealHint = "write a percentage from 1% to 90%, such as 30%, or leave sealed out"

// A sealedShare is a share of a suite that can be sealed.
type sealedShare struct{ strictyaml.Share }

// DecodeNode takes a share that leaves something on both sides.
func (s *sealedShare) DecodeNode(n strictyaml.Node) problem.List {
	probs := s.Share.DecodeNode(n)
	if len(probs) == 0 && (s.Share < 0.01 || s.Share > 0.9) {
		probs.Add(n.Problem("sealed is "+n.Text(), sealHint))
		s.Share = 0
	}
	return probs
}

// checkSeal refuses a seal that leaves no case on either side, and one without a share:
// nothing would be sealed without a word.
func (l *loader) checkSeal() {
	s, n := l.suite, l.at("sealed")
	if l.root.Get("sealed").Kind() == strictyaml.Null {
		l.fail(l.root.AtKey("sealed"), "sealed has no value", sealHint)
	}
	if s.Share == 0 || s.stats.cases == 0 {
		return
	}
	switch len(s.seal.cases) {
	case 0:
		l.fail(n, fmt.Sprintf("sealed: %s of the cases of any type is less than one case", n.Text()),
			"seal more, add cases, or leave sealed out")
	case s.stats.cases:
		l.fail(n, fmt.Sprintf("sealed: %s leaves no case to work with", n.Text()), "seal less, or add cases")
	}
}

// units are what is sealed as a whole, by the hash of what names them.
type units map[[sha256.Size]byte]*sealable

// A sealable is a case, or the cases of a group, with their expected types.
type sealable struct {
	name  [sha256.Size]byte
	cases []string
	types []string
}

func (u units) add(c Case) {
	name := sha256.Sum256([]byte("case " + c.ID))
	if c.Group != "" {
		name = sha256.Sum256([]byte("group " + c.Group))
	}
	one := u[name]
	if one == nil {
		one = &sealable{name: name}
		u[name] = one
	}
	one.cases = append(one.cases, c.ID)
	if !slices.Contains(one.types, c.Expect.Type) {
		one.types = append(one.types, c.Expect.Type)
	}
}

// seal seals the share of the units of each type that come first by their hash.
// Groups whose cases expect the same several types are a type of their own.
func (u units) seal(share float64) seal {
	byType := map[string][]*sealable{}
	for _, one := range u {
		slices.Sort(one.types)
		name := strings.Join(one.types, "\x00")
		byType[name] = append(byType[name], one)
	}
	out := seal{cases: map[string]bool{}}
	for _, list := range byType {
		slices.SortFunc(list, func(a, b *sealable) int { return slices.Compare(a.name[:], b.name[:]) })
		for _, one := range list[:int(math.Round(share*float64(len(list))))] {
			out.units++
			for _, id := range one.cases {
				out.cases[id] = true
			}
		}
	}
	return out
}
