package graders

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// A Client asks a grader that is a program of its own and speaks the protocol,
// over a pair of streams; [Serve] is the other side in Go. Its methods must not be
// called at the same time. They wait until the grader answers or somebody closes
// the streams, which is how a caller sets a time limit.
type Client struct {
	r      *bufio.Reader
	w      io.Writer
	id     int
	broken *Fault
}

// NewClient makes a client that writes to w and reads from r.
func NewClient(r io.Reader, w io.Writer) *Client {
	return &Client{r: bufio.NewReaderSize(r, 64<<10), w: w}
}

// A Fault says how a grader does not keep to the protocol.
type Fault struct {
	Reason string // for people, lower case, one line; it may quote the grader
	Broken bool   // nothing more can be asked: close the streams
	Ended  bool   // the grader's stream has ended
}

// Error implements error.
func (f *Fault) Error() string { return f.Reason }

// Says is how a grader introduces itself.
type Says struct{ Name, Version string }

// String gives the name and the version, if there is one.
func (s Says) String() string { return strings.TrimSpace(s.Name + " " + s.Version) }

// Hello greets the grader, whose score has the name grader, and returns how it
// introduces itself. Call it before [Client.Ask]. The error is a [*Fault].
func (c *Client) Hello(grader string) (Says, error) {
	line, err := c.exchange(greeting{Protocol: Protocol, Grader: grader})
	if err != nil {
		return Says{}, err
	}
	said, err := readIntroduction(line)
	if err != nil {
		return Says{}, c.failOn(line, err)
	}
	return said, nil
}

// Ask has a sample graded. The score has no grader's name yet. The error is a
// [*Fault]; after one that is Broken, every call fails.
func (c *Client) Ask(s Sample) (Score, error) { return answerTo(c, s, readScore) }

// Transform has a reply transformed. The error is a [*Fault] as that of [Client.Ask], or
// a [*TransformError] where the program says that the reply is at fault.
func (c *Client) Transform(s Sample) (string, error) {
	t, err := answerTo(c, s, readTransformed)
	if err == nil && t.fault != "" {
		err = &TransformError{Reason: t.fault}
	}
	return t.text, err
}

// answerTo asks about a sample, and reads the answer.
func answerTo[T any](c *Client, s Sample, read func(members map[string]value) (T, error)) (out T, err error) {
	if c.broken != nil {
		return out, c.broken
	}
	early, _ := c.r.Peek(c.r.Buffered()) // does not read, so it can't fail
	if len(bytes.TrimSpace(early)) > 0 {
		return out, c.failOnSurplus(early)
	}
	c.id++
	line, err := c.exchange(newWireSample(c.id, s))
	if err != nil {
		return out, err
	}
	members, err := readMembers(line)
	if err != nil {
		return out, c.failOn(line, err)
	}
	switch id, err := readID(members); {
	case err != nil:
		return out, c.failOn(line, err)
	case id > 0 && id < c.id:
		return out, c.fail("it answered sample %d once more; it answers each sample with one line", id)
	case id != c.id:
		return out, c.fail("it answered sample %d when it was asked about sample %d", id, c.id)
	}
	out, err = read(members)
	if err != nil {
		return out, &Fault{Reason: "its answer is wrong: " + onOneLine(err)}
	}
	return out, nil
}

// Rest reads until the grader's stream ends. What the grader writes after its last
// answer is an error.
func (c *Client) Rest() error {
	if c.broken == nil { // else the caller knows
		if rest, _ := io.ReadAll(io.LimitReader(c.r, maxAnswer)); len(bytes.TrimSpace(rest)) > 0 {
			return c.failOnSurplus(rest)
		}
	}
	return nil
}

// fail makes the fault after which nothing more can be asked.
func (c *Client) fail(format string, args ...any) *Fault {
	c.broken = &Fault{Reason: fmt.Sprintf(format, args...), Broken: true}
	return c.broken
}

// failOn is fail for a line that is no message. It adds the usual reason.
func (c *Client) failOn(line []byte, err error) *Fault {
	return c.fail("it wrote %s, which is %s; standard output is for answers, print the rest to standard error",
		quoteLine(line), onOneLine(err))
}

// failOnSurplus is fail for what a grader writes without being asked.
func (c *Client) failOnSurplus(text []byte) *Fault {
	first, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	after := "it said what it is"
	if c.id > 0 {
		after = fmt.Sprintf("its answer to sample %d", c.id)
	}
	return c.fail("it wrote %s after %s; it answers each sample with one line, and prints the rest to standard error",
		quoteLine(first), after)
}

// exchange writes a line and reads one. Both at once: a grader may write much
// before it has read all, and each pipe holds only so many bytes.
func (c *Client) exchange(message any) ([]byte, error) {
	written := make(chan error, 1)
	go func() { written <- writeLine(c.w, message) }()
	line, err := c.readLine()
	switch {
	case err == nil:
		err = <-written
		if err == nil {
			return line, nil
		}
		return nil, c.fail("it does not read what it is asked: %v", err)
	case errors.Is(err, errLong):
		return nil, c.fail("it wrote a line of over %d KiB", maxAnswer>>10)
	}
	fault := c.fail("it ended before it answered")
	if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) > 0 {
		fault = c.fail("it ended in the middle of a line: %s", quoteLine(line))
	}
	fault.Ended = true
	return nil, fault
}

var errLong = errors.New("the line is too long")

// readLine reads the next line that is not blank.
func (c *Client) readLine() ([]byte, error) {
	var line []byte
	for {
		part, err := c.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxAnswer:
			return nil, errLong
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return line, err
		}
		line = bytes.TrimPrefix(line, []byte("\ufeff")) // some shells begin with it
		if len(bytes.TrimSpace(line)) > 0 {
			return line, nil
		}
		line = line[:0]
	}
}

// quoteLine quotes what a grader wrote, without what a terminal would act on.
func quoteLine(line []byte) string {
	return quote(strings.Map(func(r rune) rune {
		if r == '\t' || r == '\u200d' || !unicode.In(r, unicode.Cc, unicode.Cf) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(string(line), "\ufffd")))
}

func onOneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
