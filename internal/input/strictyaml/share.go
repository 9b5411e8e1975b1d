package strictyaml

import (
	"math"
	"strconv"
	"strings"

	"promptbench/internal/input/problem"
)

// A Share is written as a percentage or as a number: 10% is 0.1.
type Share float64

// DecodeNode takes either form.
func (s *Share) DecodeNode(n Node) problem.List {
	const hint = "write a percentage such as 10%, or 0.1 for it"
	text, isPercent := strings.CutSuffix(strings.TrimSpace(n.Text()), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case err != nil || math.IsNaN(value) || math.IsInf(value, 0):
		return problem.List{n.Problem("expected a percentage, found "+n.Describe(), hint)}
	case isPercent:
		value /= 100
	case value > 1: // 10 is not meant to be 1000%
		return problem.List{n.Problem(n.Text()+" has no percent sign", hint)}
	}
	*s = Share(value)
	return nil
}

// Schema implements [Schemer].
func (*Share) Schema() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`},
		map[string]any{"type": "number", "minimum": 0, "maximum": 1},
	}}
}
