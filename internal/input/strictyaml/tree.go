package strictyaml

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"promptbench/internal/input/problem"
)

// maxAliased bounds the nodes that the aliases of one document expand to, so
// that a few lines of aliases to aliases cannot fill the memory.
const maxAliased = 100_000

// checkTree finds duplicate keys, aliases that contain themselves and aliases that
// expand to too much. The last two leave no usable root.
func (d *Document) checkTree() problem.List {
	c := treeChecker{d: d, sizes: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
	c.size(d.root)
	if c.fatal {
		d.root = nil
	}
	return c.probs
}

type treeChecker struct {
	d       *Document
	sizes   map[*yaml.Node]int // the number of nodes in an anchored node
	open    map[*yaml.Node]bool
	aliased int
	fatal   bool
	probs   problem.List
}

func (c *treeChecker) size(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		return c.alias(n)
	}
	if n.Anchor != "" {
		c.open[n] = true
		defer delete(c.open, n)
	}
	total := 1
	for _, child := range n.Content {
		if c.fatal {
			return total
		}
		total += c.size(child)
	}
	if n.Kind == yaml.MappingNode {
		c.duplicates(n)
	}
	if n.Anchor != "" {
		c.sizes[n] = total
	}
	return total
}

func (c *treeChecker) alias(n *yaml.Node) int {
	switch {
	case c.open[n.Alias]:
		c.fail(n, fmt.Sprintf("the alias *%s is inside its own anchor", n.Value), "")
		return 1
	case c.aliased+c.sizes[n.Alias] > maxAliased:
		c.fail(n, fmt.Sprintf("the aliases of this file stand for more than %d values", maxAliased),
			"write fewer aliases to aliases")
		return 1
	}
	c.aliased += c.sizes[n.Alias]
	return c.sizes[n.Alias]
}

func (c *treeChecker) fail(n *yaml.Node, message, hint string) {
	c.fatal = true
	c.probs.Add(problem.Problem{File: c.d.file, Line: n.Line, Column: n.Column, Message: message, Hint: hint})
}

func (c *treeChecker) duplicates(n *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode || isMerge(key) {
			continue
		}
		first, twice := seen[key.Value]
		if !twice {
			seen[key.Value] = n.Content[i]
			continue
		}
		at := n.Content[i]
		c.probs.Add(problem.Problem{
			File: c.d.file, Line: at.Line, Column: at.Column,
			Message: fmt.Sprintf("the key %s appears twice", quote(key.Value)),
			Hint:    fmt.Sprintf("first at line %d, column %d", first.Line, first.Column),
		})
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func isMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!merge" }
