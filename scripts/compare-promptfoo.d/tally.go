package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// written are the outcomes of the assertions as they are written: that of a default assertion is the first of its tests
// that is not the same.
func written(all []outcome) (out []outcome) {
	at := map[string]int{}
	for _, o := range all {
		i, ok := at[o.at]
		if !ok {
			at[o.at], out = len(out), append(out, o)
			continue
		}
		if out[i].what == same {
			both := out[i].both || o.both
			out[i] = o
			out[i].both = both
		}
	}
	return out
}

func text(r reply) string {
	if len(r.Calls) > 0 {
		return fmt.Sprint(r.Calls)
	}
	return r.Text
}

func (t *tally) print(examples string, configs int) error {
	tests := 0
	for _, o := range t.outcomes {
		if o.what == same {
			tests++
		}
	}
	of := len(t.outcomes)
	t.outcomes = written(t.outcomes)
	count, kinds := map[string]int{}, map[string]int{}
	both := 0
	for _, o := range t.outcomes {
		count[o.what]++
		if o.what != same {
			kinds[o.kind+": "+o.what]++
		} else if o.both {
			both++
		}
	}
	all := max(1, len(t.outcomes))
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d configs, %d with assertions that can be compared\n", examples, configs, t.compared)
	for _, why := range slices.Sorted(maps.Keys(t.skipped)) {
		fmt.Fprintf(&b, "  left out: %d %s\n", t.skipped[why], why)
	}
	fmt.Fprintf(&b, "  left out: %d assertions of tests that promptfoo ends with an error on every reply\n", t.without)
	fmt.Fprintf(&b, "  left out: %d assertions in tests with a type that promptfoo does not know\n", t.unknown)
	fmt.Fprintf(&b, "  left out: %d assertions that promptfoo decides for its own providers only\n", t.unable)
	fmt.Fprintf(&b, "%d assertions, %d with the same verdict on every reply to every test (%.1f%%)\n", len(t.outcomes),
		count[same], 100*float64(count[same])/float64(all))
	fmt.Fprintf(&b, "  counted for each test that has them: %d of %d (%.1f%%)\n", tests, of,
		100*float64(tests)/float64(max(1, of)))
	fmt.Fprintf(&b, "  of these, promptfoo passes some replies and fails others for %d\n", both)
	fmt.Fprintf(&b, "  %d of %d replies that promptfoo ends with an error fail here, too\n", t.failedHere, t.failed)
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		if kinds[a] != kinds[b] {
			return kinds[b] - kinds[a]
		}
		return strings.Compare(a, b)
	}) {
		fmt.Fprintf(&b, "%4d %s\n", kinds[kind], kind)
		listed := map[string]bool{}
		for _, o := range t.outcomes {
			if o.kind+": "+o.what == kind && !listed[o.note] && len(listed) < t.most {
				listed[o.note] = true
				fmt.Fprintf(&b, "       %s\n", o.note)
			}
		}
	}
	for _, n := range t.notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}
