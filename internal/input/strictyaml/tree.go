package strictyaml

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"promptbench/internal/input/problem"
)

// maxAliased bounds the nodes that the aliases of one document expand to, so
// that a few lines of aliases to aliases, or to a long text, cannot fill the
// memory. A text counts once for each aliasedText bytes.
const (
	maxAliased  = 100_000
	aliasedText = 256
)

// checkTree finds duplicate keys, tags, aliases that contain themselves and aliases
// that expand to too much. The last two leave no usable root.
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
	total := 1 + len(n.Value)/aliasedText
	c.tag(n)
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

// tag refuses a tag that says another kind than the value has, or one that only
// other programs know: it would be passed over.
func (c *treeChecker) tag(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle == 0 {
		return
	}
	known := []string{"!!str", "!!int", "!!float", "!!bool", "!!null"}
	switch n.Kind {
	case yaml.MappingNode:
		known = []string{"!!map"}
	case yaml.SequenceNode:
		known = []string{"!!seq"}
	}
	if tag := n.ShortTag(); !slices.Contains(known, tag) {
		c.probs.Add(problem.Problem{
			File: c.d.file, Line: n.Line, Column: n.Column, Message: fmt.Sprintf("the tag %s is not supported", quote(tag)),
			Hint: "write the value itself; put text that starts with ! in quotes",
		})
	}
}

func (c *treeChecker) alias(n *yaml.Node) int {
	switch {
	case c.open[n.Alias]:
		c.fail(n, fmt.Sprintf("the alias *%s is inside its own anchor", n.Value), "")
		return 1
	case c.aliased+c.sizes[n.Alias] > maxAliased:
		c.fail(n, fmt.Sprintf("the aliases of this file stand for more than %d values, or a lot of text", maxAliased),
			"write fewer aliases to aliases and to long texts")
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
