package suite

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Shuffle brings cases into an order by chance, which the name of the suite fixes: by the SHA-256 of the name, a zero
// byte and the id.
func (s *Suite) Shuffle(cases []Case) {
	place := make(map[string][sha256.Size]byte, len(cases))
	for i := range cases {
		place[cases[i].ID] = sha256.Sum256([]byte(s.Name + "\x00" + cases[i].ID))
	}
	slices.SortStableFunc(cases, func(a, b Case) int {
		first, second := place[a.ID], place[b.ID]
		return bytes.Compare(first[:], second[:])
	})
}
