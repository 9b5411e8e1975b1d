// Command compare-promptfoo.d imports the configs of a directory, grades the replies that promptfoo was given, and
// compares the verdict of each assertion. scripts/compare-promptfoo builds and runs it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/migrate/importer"
)

// mostListed is how many differences of a kind are printed.
const mostListed = 8

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "compare-promptfoo:", err)
		os.Exit(1)
	}
}

// A config is what promptfoo said about one: a line of promptfoo.mjs.
type config struct {
	Config   string   `json:"config"`
	Error    string   `json:"error"`
	Redteam  bool     `json:"redteam"`
	Untested bool     `json:"untested"`
	Calls    string   `json:"calls"`
	Replies  []reply  `json:"replies"`
	Results  []result `json:"results"`
}

type reply struct {
	Text    string  `json:"text"`
	Cost    float64 `json:"cost"`
	Latency int64   `json:"latency"`
	Calls   []struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"calls"`
}

// A result is that of one reply to one test. Verdicts are those of its assertions; none where promptfoo ended it with
// an error.
type result struct {
	Reply    int      `json:"reply"`
	Test     int      `json:"test"`
	Asserts  []string `json:"asserts"`
	Verdicts []bool   `json:"verdicts"`
	Reasons  []string `json:"reasons"`
	Error    string   `json:"error"`
}

// An outcome is what became of one assertion of one test.
type outcome struct {
	kind string
	what string // same, lost, or how it differs
	note string
	at   string // the assertion in the source
	both bool   // promptfoo gave it passes and failures
}

// The outcomes.
const (
	same      = "same verdict"
	lost      = "not carried over"
	differs   = "another verdict"
	undecided = "no verdict"
	unpaired  = "its test is not carried over"
)

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("compare-promptfoo", flag.ContinueOnError)
	results := flags.String("promptfoo", "", "the results of promptfoo.mjs")
	examples := flags.String("examples", "", "the directory that they are of")
	verbose := flags.Bool("v", false, "list all assertions that are not the same")
	if err := flags.Parse(args); err != nil {
		return err
	}
	configs, err := read(*results)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "compare-promptfoo")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }() // only temporary
	t := tally{out: out, most: mostListed}
	if *verbose {
		t.most = 1 << 20
	}
	for i, c := range configs {
		switch {
		case c.Redteam:
			t.skip("red teams, whose assertions are generated")
			continue
		case c.Untested:
			t.skip("without tests")
			continue
		case c.Error != "":
			t.skip("that promptfoo itself does not run with scripted replies")
			t.note("%s: promptfoo: %s", c.Config, c.Error)
			continue
		}
		side := &side{dir: filepath.Join(tmp, fmt.Sprint(i)), source: filepath.Join(*examples, c.Config), root: *examples}
		if err := t.compare(ctx, side, c); err != nil {
			return fmt.Errorf("%s: %w", c.Config, err)
		}
	}
	return t.print(*examples, len(configs))
}

func read(name string) (out []config, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		var c config
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, c)
	}
	return out, lines.Err()
}

// A tally counts outcomes.
type tally struct {
	out      io.Writer
	most     int
	skipped  map[string]int
	notes    []string
	outcomes []outcome
	compared int

	unknown            int // assertions of types that promptfoo does not know
	unable             int // assertions that promptfoo cannot decide for a scripted provider
	without            int // assertions of tests that promptfoo always ends with an error
	failed, failedHere int // tests and replies that promptfoo ends with an error, and those that promptbench fails, too
}

func (t *tally) skip(why string) {
	if t.skipped == nil {
		t.skipped = map[string]int{}
	}
	t.skipped[why]++
}

func (t *tally) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// compare compares a config.
func (t *tally) compare(ctx context.Context, s *side, c config) error {
	tests := map[int][]result{}
	for _, r := range c.Results {
		tests[r.Test] = append(tests[r.Test], r)
	}
	whole, err := s.load(0)
	if err != nil {
		t.note("%s: import: %s", c.Config, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	defer func() { _ = s.close() }() // a program that says too much is none of this
	// A prompt without vars makes a case of each test; promptfoo was given one prompt.
	hasPair := whole != nil && len(tests) > 0 && len(whole.Assertions)%len(tests) == 0 && len(whole.Assertions) > 0
	if whole != nil && !hasPair {
		t.note("%s: %d cases of %d tests", c.Config, len(whole.Assertions), len(tests))
	}
	most := 0
	for _, list := range tests {
		most = max(most, len(list[0].Asserts))
	}
	if most > 0 {
		t.compared++
	}
	for _, test := range slices.Sorted(maps.Keys(tests)) {
		hasVerdict := slices.ContainsFunc(tests[test], func(r result) bool { return r.Verdicts != nil })
		for k, kind := range tests[test][0].Asserts {
			isCarried := hasPair && k < len(whole.Assertions[test]) && whole.Assertions[test][k].Carried
			switch unknown := strings.Contains(tests[test][0].Error, "Unknown assertion type"); {
			case unknown:
				t.unknown++
				continue
			case !hasVerdict && isCarried:
				t.without++
				continue
			}
			if !hasPair || k >= len(whole.Assertions[test]) {
				t.outcomes = append(t.outcomes, outcome{
					kind: kind, what: unpaired, note: c.Config, at: fmt.Sprint(c.Config, kind, k),
				})
				continue
			}
			if !whole.Assertions[test][k].Carried {
				place := whole.Assertions[test][k].Place
				t.outcomes = append(t.outcomes, outcome{
					kind: kind, what: lost, at: placed(place), note: fmt.Sprintf("%s:%d: %s", c.Config, place.Line, s.leftAt(place)),
				})
			}
		}
	}
	if !hasPair {
		return nil
	}
	if err := t.wholes(ctx, s, c); err != nil {
		return err
	}
	for k := range most {
		if _, err := s.load(k + 1); err != nil {
			return err
		}
		if err := t.one(ctx, s, c, k, tests, whole); err != nil {
			return err
		}
	}
	return nil
}

// wholes compares tests that promptfoo ends with an error: promptbench has to fail the case.
func (t *tally) wholes(ctx context.Context, s *side, c config) error {
	for _, r := range c.Results {
		if r.Verdicts != nil || len(r.Asserts) == 0 {
			continue
		}
		t.failed++
		v, err := s.verdict(ctx, r.Test, r.Reply, c.Replies[r.Reply])
		if err != nil {
			return err
		}
		if v.decided && !v.pass {
			t.failedHere++
		} else if len(t.notes) == 0 || !strings.HasPrefix(t.notes[len(t.notes)-1], c.Config+": test") {
			t.note("%s: test %d passes here, and ends with an error in promptfoo: reply %.60q: %.150s", c.Config, r.Test+1,
				text(c.Replies[r.Reply]), r.Error)
		}
	}
	return nil
}

// one compares the k-th assertion of each test, which is the only one that is imported.
func (t *tally) one(
	ctx context.Context, s *side, c config, k int, tests map[int][]result, whole *importer.Result,
) error {
	for _, test := range slices.Sorted(maps.Keys(tests)) {
		list := tests[test]
		if k >= len(list[0].Asserts) || k >= len(whole.Assertions[test]) || !whole.Assertions[test][k].Carried {
			continue
		}
		o := outcome{kind: list[0].Asserts[k], what: same, at: placed(whole.Assertions[test][k].Place)}
		seen, isUnable := map[bool]bool{}, false
		for _, r := range list {
			if r.Verdicts == nil {
				continue
			}
			if strings.Contains(r.Reasons[k], "Provider does not have functionality for checking function call") {
				isUnable = true
				break
			}
			seen[r.Verdicts[k]] = true
			v, err := s.verdict(ctx, test, r.Reply, c.Replies[r.Reply])
			if err != nil {
				return err
			}
			if o.what != same || v.decided && v.pass == r.Verdicts[k] {
				continue
			}
			if o.what = differs; !v.decided {
				o.what = undecided
			}
			o.note = fmt.Sprintf("%s:%d: reply %.60q: promptfoo %t (%.80s), promptbench %t (%.120s)", c.Config,
				whole.Assertions[test][k].Place.Line, text(c.Replies[r.Reply]), r.Verdicts[k], r.Reasons[k], v.pass, v.why)
		}
		if isUnable {
			t.unable++
		}
		if isUnable || len(seen) == 0 {
			continue
		}
		o.both = len(seen) == 2
		t.outcomes = append(t.outcomes, o)
	}
	return nil
}

// placed is the place of an assertion in the source: it may be one of several tests.
func placed(p problem.Problem) string { return fmt.Sprint(p.File, ":", p.Line, ":", p.Column) }
