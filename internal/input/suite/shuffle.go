package suite

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
)

// Shuffle brings cases into an order by chance, which the name of the suite fixes: by the SHA-256 of the name, a zero
// byte and the id.
func (s *Suite) Shuffle(cases []Case) {
	shuffle(cases, s.Name, func(c Case) string { return c.ID })
}

// Sample returns n of the ids, drawn by chance, in the order given; all of them if they are no more. The name of the
// suite and the seed fix the draw: it takes the lowest by the SHA-256 of the name, "sample", the seed and the id.
func (s *Suite) Sample(ids []string, n int, seed uint64) []string {
	order := slices.Clone(ids)
	shuffle(order, fmt.Sprintf("%s\x00sample\x00%d", s.Name, seed), func(id string) string { return id })
	drawn := make(map[string]bool, n)
	for _, id := range order[:min(n, len(order))] {
		drawn[id] = true
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !drawn[id] })
}

func shuffle[T any](list []T, salt string, id func(T) string) {
	place := make(map[string][sha256.Size]byte, len(list))
	for _, e := range list {
		place[id(e)] = sha256.Sum256([]byte(salt + "\x00" + id(e)))
	}
	slices.SortStableFunc(list, func(a, b T) int {
		first, second := place[id(a)], place[id(b)]
		return bytes.Compare(first[:], second[:])
	})
}
