package stats

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// An Observation is the value of a case with some factors in and the others out.
type Observation struct {
	Case  int // its number: cases differ in their level, which tells nothing of a factor
	Unit  int // of the cases that depend on each other, as paraphrases do
	In    []bool
	Value float64
}

// An Effect is by how much a factor moves the mean of the values, with its standard error, its interval and the
// two-sided p of no effect.
type Effect struct{ Delta, StdErr, Lo, Hi, P float64 }

// Effects estimates what each factor does, from several observations of each case. With X the factors and y the values,
// both centred within the case,
//
//	β = (ΣXᵢ'Xᵢ)⁺ ΣXᵢ'yᵢ,  the influence of a case = (ΣXᵢ'Xᵢ)⁺ Xᵢ'(yᵢ - Xᵢβ)
//
// and the standard error is the root of the sum over units of their squared influences, times sqrt(n/(n-1)) for n
// units; the interval at the two-sided level and p are normal. p is never below 2^(1-m), where the values of m units
// differ at all: so few changes cannot show more. Correct the p of several factors with [Holm].
//
// Factors add up in this model: one that acts only together with another shares its effect with it. An effect is NaN
// throughout where the observations do not tell its factor from others. All effects are for fewer than two units,
// observations of different numbers of factors, a value that is NaN or infinite, and a level outside (0,1).
//
// Source: the within-cluster regression with errors clustered by unit of K.-Y. Liang and S. L. Zeger, Biometrika 73
// (1986) 13, with the pseudo-inverse ⁺ and the factor n/(n-1) of J. G. MacKinnon and H. White, Journal of Econometrics
// 29 (1985) 305.
func Effects(rows []Observation, level float64) []Effect {
	if len(rows) == 0 {
		return nil
	}
	factors := len(rows[0].In)
	out := make([]Effect, factors)
	nan := math.NaN()
	for k := range out {
		out[k] = Effect{nan, nan, nan, nan, nan}
	}
	cases, ok := centred(rows)
	units := map[int]bool{}
	for _, c := range cases {
		units[c.unit] = true
	}
	if !ok || factors == 0 || len(units) < 2 || !isProper(level) {
		return out
	}
	information, sums := mat.NewSymDense(factors, nil), make([]float64, factors)
	for _, c := range cases {
		for i, x := range c.x {
			for a := range factors {
				sums[a] += x[a] * c.y[i]
				for b := a; b < factors; b++ {
					information.SetSym(a, b, information.At(a, b)+x[a]*x[b])
				}
			}
		}
	}
	inverse, isTold, ok := pseudoInverse(information)
	if !ok {
		return out
	}
	beta := times(inverse, sums)
	influence, moved := map[int][]float64{}, map[int]bool{}
	for _, c := range cases {
		score := make([]float64, factors)
		for i, x := range c.x {
			rest := c.y[i]
			for a := range factors {
				rest -= x[a] * beta[a]
			}
			for a := range factors {
				score[a] += x[a] * rest
			}
			if math.Abs(c.y[i]) > tieTolerance {
				moved[c.unit] = true
			}
		}
		if influence[c.unit] == nil {
			influence[c.unit] = make([]float64, factors)
		}
		for a, v := range times(inverse, score) {
			influence[c.unit][a] += v
		}
	}
	squares := make([]float64, factors)
	for _, c := range cases { // in their order, each unit once
		for a, v := range influence[c.unit] {
			squares[a] += v * v
		}
		delete(influence, c.unit)
	}
	n, z, least := float64(len(units)), zFor(level), math.Min(1, math.Pow(2, 1-float64(len(moved))))
	for k := range out {
		if !isTold[k] {
			continue
		}
		e := Effect{Delta: beta[k], StdErr: math.Sqrt(squares[k] * n / (n - 1))}
		e.Lo, e.Hi = e.Delta-z*e.StdErr, e.Delta+z*e.StdErr
		e.P = 1
		if math.Abs(e.Delta) > tieTolerance {
			e.P = math.Max(least, 2*normalCDF(-math.Abs(e.Delta)/e.StdErr))
		}
		out[k] = e
	}
	return out
}

// A centredCase is the observations of a case without their mean.
type centredCase struct {
	unit int
	x    [][]float64
	y    []float64
}

// centred takes the mean of each case from its observations; the cases come in the order of the rows. It reports false
// where they can't be used.
func centred(rows []Observation) (out []centredCase, ok bool) {
	index := map[int]int{}
	for _, r := range rows {
		if len(r.In) != len(rows[0].In) || math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			return nil, false
		}
		i, known := index[r.Case]
		if !known {
			i = len(out)
			index[r.Case] = i
			out = append(out, centredCase{unit: r.Unit})
		}
		x := make([]float64, len(r.In))
		for k, in := range r.In {
			if in {
				x[k] = 1
			}
		}
		out[i].x, out[i].y = append(out[i].x, x), append(out[i].y, r.Value)
	}
	for _, c := range out {
		n := float64(len(c.y))
		means, mean := make([]float64, len(rows[0].In)), 0.0
		for i, x := range c.x {
			mean += c.y[i] / n
			for k, v := range x {
				means[k] += v / n
			}
		}
		for i, x := range c.x {
			c.y[i] -= mean
			for k := range x {
				x[k] -= means[k]
			}
		}
	}
	return out, true
}

// pseudoInverse is that of Moore and Penrose. It reports for each factor whether the matrix tells it from the others.
func pseudoInverse(m *mat.SymDense) (inverse *mat.Dense, isTold []bool, ok bool) {
	var eigen mat.EigenSym
	if !eigen.Factorize(m, true) {
		return nil, nil, false
	}
	n := m.SymmetricDim()
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	least := values[n-1] * float64(n) * 1e-12
	inverse, isTold = mat.NewDense(n, n, nil), make([]bool, n)
	share := make([]float64, n) // of the factor's direction that the matrix has
	for k, v := range values {
		if v <= least {
			continue
		}
		for a := range n {
			share[a] += vectors.At(a, k) * vectors.At(a, k)
			for b := range n {
				inverse.Set(a, b, inverse.At(a, b)+vectors.At(a, k)*vectors.At(b, k)/v)
			}
		}
	}
	for a := range n {
		isTold[a] = share[a] > 1-1e-6
	}
	return inverse, isTold, true
}

func times(m *mat.Dense, v []float64) []float64 {
	out := make([]float64, len(v))
	for a := range out {
		for b := range v {
			out[a] += m.At(a, b) * v[b]
		}
	}
	return out
}
