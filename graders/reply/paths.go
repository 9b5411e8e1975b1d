package reply

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// pathSteps bounds the nodes that the paths visit in one reply, and in its document.
// $..a..b visits a nested object once per level, and an XPath may compare all
// elements with all.
const pathSteps = 1_000_000

// errPathSteps ends the evaluation of a path.
var errPathSteps = errors.New("the path visits too many nodes")

// A jsonPath is a JSONPath whose result does not depend on the order of a Go map,
// and whose evaluation is bounded..
type jsonPath struct{ path *jsonpath.Path }

// selects returns the nodes that the path selects in a value: the members of an
// object in the order of their names. It reports false, and selects nothing, where
// the path visits too many; steps are left.
func (p jsonPath) selects(value any, steps *int) (nodes []any, ok bool) {
	e := evaluation{root: value, steps: *steps}
	nodes = []any{value}
	for _, segment := range p.path.Query().Segments() {
		var next []any
		for _, node := range nodes {
			next = e.segment(next, segment, node)
		}
		nodes = next
	}
	*steps = e.steps
	if e.steps <= 0 {
		return nil, false
	}
	return nodes, true
}

type evaluation struct {
	root  any
	steps int // left
}

// segment appends what a segment selects in a node.
func (e *evaluation) segment(out []any, s *spec.Segment, node any) []any {
	if e.steps--; e.steps <= 0 {
		return out
	}
	for _, selector := range s.Selectors() {
		switch selector := selector.(type) {
		case spec.WildcardSelector:
			children := childrenOf(node)
			e.steps -= len(children)
			out = append(out, children...)
		case *spec.FilterSelector:
			ofRoot := 0
			if strings.Contains(selector.String(), "$") {
				ofRoot = filterSteps(e.root, e.steps)
			}
			for _, child := range childrenOf(node) {
				if e.steps -= max(ofRoot, filterSteps(child, e.steps)); e.steps > 0 && selector.Eval(child, e.root) {
					out = append(out, child)
				}
			}
		default:
			selected := selector.Select(node, e.root)
			e.steps -= len(selected)
			out = append(out, selected...)
		}
	}
	if s.IsDescendant() {
		for _, child := range childrenOf(node) {
			out = e.segment(out, s, child)
		}
	}
	return out
}

// childrenOf returns the elements of a list, or the members of an object in the order
// of their names.
func childrenOf(node any) []any {
	switch v := node.(type) {
	case []any:
		return v
	case map[string]any:
		children := make([]any, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			children = append(children, v[name])
		}
		return children
	}
	return nil
}

// filterSteps returns a bound of what a filter visits below a node, the square of the
// number of its nodes, up to a limit.
func filterSteps(node any, limit int) int {
	n := 1
	var count func(node any)
	count = func(node any) {
		for _, child := range childrenOf(node) {
			if n++; n*n > limit {
				return
			}
			count(child)
		}
	}
	count(node)
	return n * n
}

// A selection is one result of a path: the text of an element, with its name,
// or of a text node, or the value of an attribute or a function.
type selection struct {
	text  string
	name  string
	value bool
	node  *xmlquery.Node // the element, if it is one
}

// selectNodes evaluates a path. It leaves out elements inside a selected one,
// whose text includes theirs. It compiles the path each time, because evaluating
// changes a compiled one. It reports false where the path visits too many nodes.
func selectNodes(path string, tree *xmlquery.Node) (found []selection, ok bool) {
	// The library panics if a function gets an argument of another type, and the
	// navigator if the path visits too many nodes.
	defer func() {
		if p := recover(); p != nil {
			found, ok = nil, p != any(errPathSteps)
		}
	}()
	expr, err := compileXPath(path)
	if err != nil {
		return nil, true
	}
	switch v := expr.Evaluate(newBoundedNavigator(tree)).(type) {
	case *xpath.NodeIterator:
		selected := map[*xmlquery.Node]bool{}
		for v.MoveNext() {
			nav, ok := v.Current().(boundedNavigator)
			if !ok {
				continue
			}
			node := nav.Current()
			switch nav.NodeType() {
			case xpath.ElementNode:
				if !isInside(node, selected) {
					selected[node] = true
					found = append(found, selection{text: nodeText(node, nil), name: node.Data, node: node})
				}
			default:
				found = append(found, selection{text: nav.Value(), value: nav.NodeType() == xpath.AttributeNode})
			}
		}
	case string:
		found = append(found, selection{text: v, value: true})
	case float64, bool:
		found = append(found, selection{text: fmt.Sprint(v), value: true})
	}
	return found, true
}

func isInside(n *xmlquery.Node, selected map[*xmlquery.Node]bool) bool {
	for ; n != nil; n = n.Parent {
		if selected[n] {
			return true
		}
	}
	return false
}

// A boundedNavigator moves over an XML tree a limited number of times, and then
// panics with errPathSteps, which selectNodes recovers: the XPath library has no
// other way to stop.
type boundedNavigator struct {
	*xmlquery.NodeNavigator
	steps *int // left, of all copies
}

func newBoundedNavigator(tree *xmlquery.Node) boundedNavigator {
	steps := pathSteps
	return boundedNavigator{xmlquery.CreateXPathNavigator(tree), &steps}
}

func (n boundedNavigator) step() {
	if *n.steps--; *n.steps < 0 {
		panic(errPathSteps)
	}
}

// Copy implements [xpath.NodeNavigator].
func (n boundedNavigator) Copy() xpath.NodeNavigator {
	n.step()
	inner, ok := n.NodeNavigator.Copy().(*xmlquery.NodeNavigator)
	if !ok {
		panic(errPathSteps) // not reached: a copy has the type of its original
	}
	return boundedNavigator{inner, n.steps}
}

// MoveTo implements [xpath.NodeNavigator].
func (n boundedNavigator) MoveTo(other xpath.NodeNavigator) bool {
	n.step()
	o, ok := other.(boundedNavigator)
	return ok && n.NodeNavigator.MoveTo(o.NodeNavigator)
}

// MoveToChild implements [xpath.NodeNavigator].
func (n boundedNavigator) MoveToChild() bool { n.step(); return n.NodeNavigator.MoveToChild() }

// MoveToNext implements [xpath.NodeNavigator].
func (n boundedNavigator) MoveToNext() bool { n.step(); return n.NodeNavigator.MoveToNext() }

// MoveToParent implements [xpath.NodeNavigator].
func (n boundedNavigator) MoveToParent() bool { n.step(); return n.NodeNavigator.MoveToParent() }

// MoveToPrevious implements [xpath.NodeNavigator].
func (n boundedNavigator) MoveToPrevious() bool { n.step(); return n.NodeNavigator.MoveToPrevious() }

// MoveToNextAttribute implements [xpath.NodeNavigator].
func (n boundedNavigator) MoveToNextAttribute() bool {
	n.step()
	return n.NodeNavigator.MoveToNextAttribute()
}
