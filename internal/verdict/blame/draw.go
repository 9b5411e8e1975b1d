package blame

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// DefaultDraws is how many variants each case is asked with, beside base and head.
const DefaultDraws = 2

// Draw returns the variants that a case is asked with, beside base and head: so many, drawn at random as [Halves] does.
// They depend on the seed, the two prompts and the case alone, so that a later run asks the same.
func (c *Change) Draw(id string, draws int, seed uint64) []Mask {
	sum := sha256.New()
	_ = binary.Write(sum, binary.LittleEndian, seed)
	for _, s := range []string{c.Base.Hash(), c.Head.Hash(), id} {
		sum.Write([]byte(s + "\x00"))
	}
	h := sum.Sum(nil)
	source := rand.NewPCG(binary.LittleEndian.Uint64(h), binary.LittleEndian.Uint64(h[8:]))
	return Halves(len(c.Hunks), draws, rand.New(source))
}

// Halves draws random halves of the hunks, each followed by its complement, so that each hunk is in as often as out. Of
// an odd number of hunks a half has one more or one less, by chance. No mask comes twice, so there may be fewer; of one
// hunk there is none, since base and head are all its variants.
func Halves(hunks, draws int, r *rand.Rand) []Mask {
	const tries = 20
	var out []Mask
	for try := 0; hunks > 1 && len(out) < draws && try < tries*draws; try++ {
		half, complement := []byte(NewMask(hunks, false)), []byte(NewMask(hunks, true))
		for _, k := range r.Perm(hunks)[:(hunks+r.IntN(2))/2] {
			half[k], complement[k] = '1', '0'
		}
		if !slices.Contains(out, Mask(half)) {
			out = append(out, Mask(half), Mask(complement))
		}
	}
	return out[:min(len(out), draws)]
}
