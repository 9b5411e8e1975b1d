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

// A Client asks a grader that runs elsewhere and speaks the protocol, over a
// pair of streams: [Serve] is the other side in Go. It asks one thing at a time,
// so its methods must not be called at once. It never waits without end where
// the streams are closed from outside, which is how a time limit is held.
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

// A Fault is a grader's failure to keep to the protocol.
type Fault struct {
	Reason string // for people, lower case, one line; it may quote the grader
	Broken bool   // no further answer can be told from this failure: the streams are to be closed
	Ended  bool   // the grader's stream has ended
}

// Error gives the reason.
func (f *Fault) Error() string { return f.Reason }

// Says is what a grader says that it is.
type Says struct{ Name, Version string }

// String gives the name and the version, if there is one.
func (s Says) String() string { return strings.TrimSpace(s.Name + " " + s.Version) }

// Hello greets the grader whose score has the given name, and returns what it
// says that it is. It comes before the first sample. The error is a [*Fault].
func (c *Client) Hello(grader string) (Says, error) {
	line, err := c.exchange(greeting{Protocol: Protocol, Grader: grader})
	if err != nil {
		return Says{}, err
	}
	said, wrong := readIntroduction(line)
	if wrong != nil {
		return Says{}, c.fail(c.rubbish(line, wrong))
	}
	return Says{Name: shorten(said.Name, maxName), Version: shorten(said.Version, maxName)}, nil
}

// maxName is how many characters of a name and a version are kept.
const maxName = 100

// Ask has a sample graded. The score has no grader's name yet. The error is a
// [*Fault]; after one that is broken, nothing more can be asked.
func (c *Client) Ask(s Sample) (Score, error) {
	if c.broken != nil {
		return Score{}, c.broken
	}
	if c.r.Buffered() > 0 {
		if rest, _ := c.r.Peek(c.r.Buffered()); len(bytes.TrimSpace(rest)) > 0 { // read already, so it can't fail
			return Score{}, c.fail(c.surplus(rest))
		}
	}
	c.id++
	line, err := c.exchange(newWireSample(c.id, s))
	if err != nil {
		return Score{}, err
	}
	members, wrong := readMembers(line)
	if wrong != nil {
		return Score{}, c.fail(c.rubbish(line, wrong))
	}
	switch id, wrong := readID(members); {
	case wrong != nil:
		return Score{}, c.fail(c.rubbish(line, wrong))
	case id > 0 && id < c.id:
		return Score{}, c.fail(&Fault{Reason: fmt.Sprintf("it answered sample %d once more; it answers each sample with one line", id)})
	case id != c.id:
		return Score{}, c.fail(&Fault{Reason: fmt.Sprintf("it answered sample %d when it was asked about sample %d", id, c.id)})
	}
	score, wrong := readScore(members)
	if wrong != nil {
		return Score{}, &Fault{Reason: "its answer is wrong: " + strings.ReplaceAll(wrong.Error(), "\n", "; ")}
	}
	return score, nil
}

// Rest reads what the grader still writes after its last answer, until its
// stream ends, and complains of it.
func (c *Client) Rest() error {
	if c.broken == nil { // else it was said already
		if rest, _ := io.ReadAll(io.LimitReader(c.r, maxAnswer)); len(bytes.TrimSpace(rest)) > 0 {
			return c.surplus(rest)
		}
	}
	return nil
}

func (c *Client) fail(f *Fault) error {
	f.Broken = true
	c.broken = f
	return f
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
		return nil, c.fail(&Fault{Reason: "it does not read what it is asked: " + err.Error()})
	case errors.Is(err, errLong):
		return nil, c.fail(&Fault{Reason: fmt.Sprintf("it wrote a line of over %d KiB", maxAnswer>>10)})
	case errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) > 0:
		return nil, c.fail(&Fault{Reason: "it ended in the middle of a line: " + quoteLine(line), Ended: true})
	}
	return nil, c.fail(&Fault{Reason: "it ended before it answered", Ended: true})
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

// rubbish says what is wrong with a line, and what usually is the reason.
func (*Client) rubbish(line []byte, wrong error) *Fault {
	return &Fault{Reason: fmt.Sprintf("it wrote %s, which is %s; standard output is for answers, print the rest to standard error",
		quoteLine(line), strings.ReplaceAll(wrong.Error(), "\n", "; "))}
}

func (c *Client) surplus(rest []byte) *Fault {
	first, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte("\n"))
	after := "it said what it is"
	if c.id > 0 {
		after = fmt.Sprintf("its answer to sample %d", c.id)
	}
	return &Fault{Reason: fmt.Sprintf("it wrote %s after %s; it answers each sample with one line, and prints the rest to standard error", quoteLine(first), after)}
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

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
