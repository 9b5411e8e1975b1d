package graders_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// served connects a client to a grader through pipes, as a command is.
func served(t *testing.T, g graders.Grader) *graders.Client {
	t.Helper()
	theirIn, ourOut := io.Pipe()
	ourIn, theirOut := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- graders.ServeOn(t.Context(), theirIn, theirOut, g)
		_ = theirOut.Close()
	}()
	c := graders.NewClient(ourIn, ourOut)
	t.Cleanup(func() {
		_ = ourOut.Close()
		require.NoError(t, c.Rest())
		require.NoError(t, <-done)
	})
	return c
}

// What comes back through the protocol is what the grader said of the very same
// sample.
func TestServedGraderSeesTheSampleAndIsHeard(t *testing.T) {
	t.Parallel()
	var seen graders.Sample
	var say graders.Score
	c := served(t, graders.Func("말투", 3, func(s graders.Sample) graders.Score {
		seen = s
		return say
	}))
	said, err := c.Hello("tone")
	require.NoError(t, err)
	require.Equal(t, graders.Says{Name: "말투", Version: "3"}, said)
	texts := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"", "치과\n가기\r\n", "👨‍👩‍👧", "\u2028\u0000</script>", strings.Repeat("가", 1<<12)}),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := graders.Sample{
			Case: texts.Draw(t, "case"), Trial: rapid.IntRange(1, 9).Draw(t, "trial"), Input: texts.Draw(t, "input"),
			Vars: map[string]string{"today": texts.Draw(t, "var")}, Tags: []string{texts.Draw(t, "tag")},
			Expect: graders.Expect{
				Type: texts.Draw(t, "expected"), Count: &graders.Range{Min: new(2)}, Contains: []string{texts.Draw(t, "contains")},
			},
			Format: reply.JSON,
			Reply: reply.Reply{
				Raw: texts.Draw(t, "raw"), Text: texts.Draw(t, "text"), Thinking: texts.Draw(t, "thinking"),
				Format: reply.XML, Document: texts.Draw(t, "document"),
				Type: "answer", Items: rapid.SliceOfN(texts, 1, 3).Draw(t, "items"), Untyped: rapid.Bool().Draw(t, "untyped"),
				Defects: []reply.Defect{{Code: reply.CodeFence, Detail: texts.Draw(t, "defect")}},
			},
		}
		value := rapid.Float64Range(0, 1).Draw(t, "value")
		say = rapid.SampledFrom([]graders.Score{
			graders.Scored(value, "왜냐하면"), graders.Scored(1, ""), {Value: &value, Pass: true, Answer: "존댓말"},
			graders.Unscored("모르겠다"), graders.Broken("끝났다"), graders.NotApplicable("no answer"),
		}).Draw(t, "score")
		got, err := c.Ask(s)
		require.NoError(t, err)
		require.Equal(t, say, got)
		require.Equal(t, s, seen)
	})
}

func TestServeAnswersWhateverTheGraderDoes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		grader graders.Grader
		want   graders.Score
	}{
		"panic": {
			graders.Func("a", 1, func(graders.Sample) graders.Score { panic("index out of range") }),
			graders.Broken("the grader panicked: index out of range"),
		},
		"nothing": {
			graders.Func("a", 1, func(graders.Sample) graders.Score { return graders.Score{} }),
			graders.Unscored("the grader gave neither a value nor a reason for none"),
		},
		"not number": {
			graders.Func("a", 1, func(graders.Sample) graders.Score { return graders.Score{Value: new(math.NaN())} }),
			graders.Unscored("the value NaN is not between 0 and 1"),
		},
		"two": {
			must(graders.Rubric([]graders.Criterion{{ID: "a", Check: "true"}}, nil)),
			graders.Broken("the grader gave 2 scores, and a command gives one"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := served(t, tt.grader)
			_, err := c.Hello("a")
			require.NoError(t, err)
			s, err := c.Ask(answered("치과"))
			require.NoError(t, err)
			require.Equal(t, tt.want, s)
		})
	}
}

func TestServeTellsParametersApart(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, check := range []string{"true", "len(items) > 1"} {
		c := served(t, must(graders.Expression("a", check, nil)))
		s, err := c.Hello("a")
		require.NoError(t, err)
		said[s.String()] = true
	}
	require.Len(t, said, 2)
}

func TestServeRefusesWhatIsNoGreeting(t *testing.T) {
	t.Parallel()
	g := graders.Func("a", 1, func(graders.Sample) graders.Score { return graders.Scored(1, "") })
	for in, want := range map[string]string{
		"":                    "nothing came in: this is a grader for promptbench, which a suite names under command",
		"hello\n":             "reading the greeting: invalid character 'h' looking for beginning of value",
		"{\"protocol\":0}\n":  "reading the greeting: version 0 of the protocol, not 1",
		"{\"protocol\":1}\n{": "reading a sample: unexpected end of JSON input",
	} {
		require.EqualError(t, graders.ServeOn(t.Context(), strings.NewReader(in), io.Discard, g), want)
	}
}

// wrote plays a grader that writes a line whenever it is waited for.
func wrote(lines string) *graders.Client {
	var parts []io.Reader
	for line := range strings.Lines(lines) {
		parts = append(parts, strings.NewReader(line))
	}
	return graders.NewClient(io.MultiReader(parts...), io.Discard)
}

const introduced = `{"protocol":1,"name":"tone","version":"2"}` + "\n"

func TestHello(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		introduced: "tone 2",
		"\ufeff\n\r\n  " + `{"version":2.0,"name":"tone","protocol":1,"more":[]}` + "\r\n": "tone 2.0",
		`{"protocol":1,"name":"tone"}` + "\n":                                              "tone",
	} {
		got, err := wrote(line).Hello("tone")
		require.NoError(t, err)
		require.Equal(t, want, got.String())
	}
	const advice = "; standard output is for answers, print the rest to standard error"
	for line, want := range map[string]string{
		"":                         "it ended before it answered",
		"\n\n":                     "it ended before it answered",
		`{"protocol":1`:            `it ended in the middle of a line: "{"protocol":1"`,
		"Loading model…\n":         `it wrote "Loading model…", which is no JSON object` + advice,
		"\x1b[31mred\x1b[0m\xff\n": `it wrote "[31mred[0m` + "\ufffd" + `", which is no JSON object` + advice,
		"[1]\n":                    `it wrote "[1]", which is no JSON object` + advice,
		`{"protocol":1,}` + "\n": `it wrote "{"protocol":1,}", which is no JSON: invalid character '}' looking ` +
			`for beginning of object key string` + advice,
		`{"protocol":1` + "\n": `it wrote "{"protocol":1", which is no JSON: it is cut off` + advice,
		`{"protocol":2,"name":"a"}` + "\n": `it wrote "{"protocol":2,"name":"a"}", which is version 2 of the protocol, not ` +
			`1` + advice,
		`{"id":1,"value":1}` + "\n": `it wrote "{"id":1,"value":1}", which is no introduction, which has ` +
			`"protocol"` + advice,
		`{"protocol":1}` + "\n":    `it wrote "{"protocol":1}", which is no introduction, which has "name"` + advice,
		strings.Repeat("x", 1<<21): "it wrote a line of over 1024 KiB",
	} {
		_, err := wrote(line).Hello("tone")
		require.EqualError(t, err, want)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	half := 0.5
	for answer, want := range map[string]graders.Score{
		`{"id":1,"value":0.5,"reason":"반말\n이다","answer":"casual"}`: {
			Value: &half, Reason: "반말 이다", Answer: "casual",
		},
		`{"id":1,"value":0.5,"pass":true}`: {Value: &half, Pass: true},
		`{"value":true,"id":1}`:            {Value: new(1.0), Pass: true},
		`{"id":1,"value":false,"pass":null,"unscored":null,"reason":"\ud800"}`: {Value: new(0.0), Reason: "\ufffd"},
		`{"id":1,"unscored":"no dictionary"}`:                                  {Unscored: "no dictionary"},
		`{"id":1,"not_applicable":"no answer","reason":""}`:                    {NotApplicable: "no answer"},
		`{"id":1,"value":1,"reason":"` + strings.Repeat("가", 2000) + `"}`: {
			Value: new(1.0), Pass: true, Reason: strings.Repeat("가", 1000) + "…",
		},
	} {
		c := wrote(introduced + answer + "\n")
		_, err := c.Hello("tone")
		require.NoError(t, err)
		got, err := c.Ask(answered("치과"))
		require.NoError(t, err, answer)
		require.Equal(t, want, got)
		require.NoError(t, c.Rest())
	}
}

func TestFaultyAnswers(t *testing.T) {
	t.Parallel()
	const advice = "; standard output is for answers, print the rest to standard error"
	for answer, want := range map[string]struct {
		reason string
		broken bool
	}{
		"":               {"it ended before it answered", true},
		"debug: 3 items": {`it wrote "debug: 3 items", which is no JSON object` + advice, true},
		`{"id":1,"value":NaN}`: {
			`it wrote "{"id":1,"value":NaN}", which is no JSON: invalid character 'N' looking for beginning of value` + advice,
			true,
		},
		`{"value":1}`: {
			`it wrote "{"value":1}", which is no id: each line repeats the id of its sample` + advice, true,
		},
		`{"id":"1","value":1}`: {
			`it wrote "{"id":"1","value":1}", which is no id: each line repeats the id of its sample` + advice, true,
		},
		`{"id":2,"value":1}`: {"it answered sample 2 when it was asked about sample 1", true},
		`{"id":1,"value":1}{"id":1,"value":0}`: {
			`it wrote "{"id":1,"value":1}{"id":1,"value":0}", which is more than one object on a line` + advice, true,
		},
		`{"id":1,"value":1,"value":0}`: {
			`it wrote "{"id":1,"value":1,"value":0}", which is no clear object: value: "value" appears twice` + advice, true,
		},
		`{"id":1}`: {
			"its answer is wrong: an answer needs one of value, unscored and not_applicable", false,
		},
		`{"id":1,"value":1.5}`: {
			"its answer is wrong: value: expected a number from 0 to 1, found 1.5", false,
		},
		`{"id":1,"value":-0.1,"reson":"a"}`: {
			`its answer is wrong: reson: unknown key "reson" (did you mean reason?); value: expected a number from 0 to 1, ` +
				`found -0.1`,
			false,
		},
		`{"id":1,"value":"1"}`:   {"its answer is wrong: value: expected a number, found text", false},
		`{"id":1,"value":1e999}`: {"its answer is wrong: value: 1e999 is no number that can be used", false},
		`{"id":1,"value":1,"unscored":"a"}`: {
			"its answer is wrong: an answer has one of value, unscored and not_applicable, found value and unscored", false,
		},
		`{"id":1,"unscored":" "}`:             {"its answer is wrong: unscored: must not be empty", false},
		`{"id":1,"unscored":"a","pass":true}`: {"its answer is wrong: pass: pass needs a value beside it", false},
		`{"id":1,"value":1,"pass":1}`:         {"its answer is wrong: pass: expected true or false, found a number", false},
	} {
		line := introduced
		if answer != "" {
			line += answer + "\n"
		}
		c := wrote(line + `{"id":2,"value":1}` + "\n")
		if answer == "" {
			c = wrote(line)
		}
		_, err := c.Hello("tone")
		require.NoError(t, err)
		_, err = c.Ask(answered("치과"))
		require.EqualError(t, err, want.reason)
		fault, ok := errors.AsType[*graders.Fault](err)
		require.True(t, ok)
		require.Equal(t, want.broken, fault.Broken, answer)
	}
}

// A second line for one sample can't be told from a line for the next: that one
// is refused, wherever the line was when the next sample came.
func TestSecondAnswers(t *testing.T) {
	t.Parallel()
	const twice = `{"id":1,"value":1}` + "\n" + `{"id":1,"value":0}` + "\n"
	for _, c := range []*graders.Client{
		graders.NewClient(io.MultiReader(strings.NewReader(introduced), strings.NewReader(twice)), io.Discard),
		wrote(introduced + twice),
	} {
		_, err := c.Hello("tone")
		require.NoError(t, err)
		_, err = c.Ask(answered("치과"))
		require.NoError(t, err)
		_, err = c.Ask(answered("치과"))
		require.ErrorContains(t, err, "one line")
		_, again := c.Ask(answered("치과"))
		require.Equal(t, err, again)
		require.NoError(t, c.Rest(), "said once already")
	}
	c := graders.NewClient(strings.NewReader(introduced+"hello\n"), io.Discard)
	_, err := c.Hello("tone")
	require.NoError(t, err)
	_, err = c.Ask(answered("치과"))
	require.EqualError(
		t, err,
		`it wrote "hello" after it said what it is; it answers each sample with one line, and prints the rest to standard `+
			`error`,
	)

	c = wrote(introduced + twice)
	_, err = c.Hello("tone")
	require.NoError(t, err)
	_, err = c.Ask(answered("치과"))
	require.NoError(t, err)
	require.EqualError(
		t, c.Rest(),
		`it wrote "{"id":1,"value":0}" after its answer to sample 1; it answers each sample with one line, and prints the `+
			`rest to standard error`,
	)
}

// Whatever a grader writes, a client gives a sound score or a fault of one line,
// and what [graders.ServeOn] would write for that score is read as that score.
func FuzzClient(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "fuzz", "FuzzClient", "*"))
	require.NoError(f, err)
	require.GreaterOrEqual(f, len(seeds), 7, "the committed seeds of FuzzClient are missing")
	for _, seed := range []string{
		introduced + `{"id":1,"value":0.5,"reason":"반말"}` + "\n",
		introduced + `{"id":1,"unscored":"\ud800"}` + "\n" + `{"id":1,"value":1}`,
		introduced + "debug\n" + `{"id":1,"value":true}` + "\n",
		"\ufeff" + `{"protocol":1,"name":"a","version":1e3}` + "\r\n\r\n" +
			`{"id":1,"not_applicable":"x","pass":null}` + "\n",
		`{"protocol":1,"name":["a"]}` + "\n", `{"id":1}` + "\n", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		c := wrote(lines)
		check := func(err error) bool {
			if err == nil {
				return true
			}
			fault, ok := errors.AsType[*graders.Fault](err)
			require.True(t, ok, "%T", err)
			require.NotEmpty(t, fault.Reason)
			require.NotContains(t, fault.Reason, "\n")
			require.NotContains(t, fault.Reason, "\x1b")
			return false
		}
		if _, err := c.Hello("tone"); !check(err) {
			return
		}
		s, err := c.Ask(answered("치과"))
		check(c.Rest())
		if !check(err) {
			return
		}
		s.Grader = "tone"
		requireSound(t, s)
		raw, err := json.Marshal(s)
		require.NoError(t, err)
		require.True(t, json.Valid(raw))
	})
}
