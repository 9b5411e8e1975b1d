package config

import (
	"fmt"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// baselines are the run files of a baseline and of an anchor, or that of a baseline alone.
type baselines []string

// DecodeNode takes a file, or a list of one or two.
func (b *baselines) DecodeNode(n strictyaml.Node) problem.List {
	const hint = "write runs/baseline.jsonl, or [runs/baseline.jsonl, runs/anchor.jsonl] with an anchor that stays"
	var probs problem.List
	nodes := []strictyaml.Node{n}
	if n.Kind() == strictyaml.List {
		nodes = n.Items()
	}
	if len(nodes) == 0 || len(nodes) > 2 {
		probs.Add(n.Problem(fmt.Sprintf("expected one run file or two, found %d", len(nodes)), hint))
	}
	for i, one := range nodes {
		var name string
		probs = append(probs, one.Decode(&name)...)
		switch {
		case one.Kind() == strictyaml.Mapping || one.Kind() == strictyaml.List: // decoding has said so
		case !strings.HasSuffix(name, ".jsonl"):
			probs.Add(one.Problem(fmt.Sprintf("%q is not the name of a run file, which ends in .jsonl", name), hint))
		case i > 0 && name == nodes[0].Text():
			probs.Add(one.Problem(name+" is named twice", hint))
		}
		*b = append(*b, name)
	}
	return probs
}

// Schema implements [strictyaml.Schemer].
func (*baselines) Schema() map[string]any {
	file := map[string]any{"type": "string", "pattern": `\.jsonl$`}
	return map[string]any{"oneOf": []any{
		file, map[string]any{"type": "array", "items": file, "minItems": 1, "maxItems": 2},
	}}
}
