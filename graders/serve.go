package graders

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"runtime/debug"
	"strconv"
)

// Serve makes a program of a grader that a suite can name as a command: it
// answers the samples that come in on standard input, one after the other, until
// that ends. What the grader prints with package fmt goes to standard error, since
// standard output is for answers.
//
// The grader gives one score a sample; an error, a panic or another number of
// scores leaves the sample unscored, as the failure of the grader. The error of Serve is a broken stream or
// something that is not the protocol.
func Serve(g Grader) error {
	out := os.Stdout
	os.Stdout = os.Stderr //nolint:reassign // so that a forgotten Println breaks nothing
	defer func() { os.Stdout = out }()
	return ServeOn(context.Background(), os.Stdin, out, g)
}

// ServeOn is [Serve] over other streams. The context is the one that the grader
// gets; its end alone does not end a read that waits.
func ServeOn(ctx context.Context, r io.Reader, w io.Writer, g Grader) error {
	in := bufio.NewReader(r)
	line, err := in.ReadBytes('\n')
	if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0 {
		return errors.New("nothing came in: this is a grader for promptbench, which a suite names under command")
	}
	var hello greeting
	if err := json.Unmarshal(line, &hello); err != nil {
		return fmt.Errorf("reading the greeting: %w", err)
	}
	if hello.Protocol < Protocol {
		return fmt.Errorf("reading the greeting: version %d of the protocol, not %d", hello.Protocol, Protocol)
	}
	if err := writeLine(w, introduce(g.Spec())); err != nil {
		return err
	}
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var sample wireSample
			if err := json.Unmarshal(line, &sample); err != nil {
				return fmt.Errorf("reading a sample: %w", err)
			}
			if err := writeLine(w, answer(ctx, g, sample)); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading a sample: %w", err)
		}
	}
}

// introduce gives a grader's name and version. Parameters are part of what it
// is, so their hash is part of the version.
func introduce(s Spec) introduction {
	version := strconv.Itoa(s.Version)
	if len(s.Params) > 0 {
		h := fnv.New32a()
		_, _ = h.Write(s.Params)
		version += fmt.Sprintf("+%08x", h.Sum32())
	}
	return introduction{Protocol: Protocol, Name: s.Name, Version: version}
}

func answer(ctx context.Context, g Grader, w wireSample) (out wireAnswer) {
	out.ID = w.ID
	defer func() {
		if r := recover(); r != nil {
			_, _ = fmt.Fprintf(os.Stderr, "panic: %v\n%s", r, debug.Stack())
			out = wireAnswer{ID: w.ID, Unscored: fmt.Sprintf("the grader panicked: %v", r), Broken: true}
		}
	}()
	scores, err := g.Grade(ctx, w.Sample)
	switch {
	case err != nil:
		out.Unscored, out.Broken = orUnknown(err.Error()), true
	case len(scores) != 1:
		out.Unscored, out.Broken = "the grader gave "+plural(len(scores), "score")+", and a command gives one", true
	case scores[0].Unscored != "":
		out.Unscored, out.Broken = scores[0].Unscored, scores[0].Broken
	case scores[0].NotApplicable != "":
		out.NotApplicable = scores[0].NotApplicable
	case scores[0].Value == nil:
		out.Unscored = "the grader gave neither a value nor a reason for none"
	default:
		s := scoreWith(*scores[0].Value, scores[0].Answer, scores[0].Reason) // which may be no number that JSON can hold
		out.Value, out.Answer, out.Reason, out.Unscored = s.Value, s.Answer, s.Reason, s.Unscored
		if s.Value != nil && scores[0].Pass != (*s.Value == 1) {
			out.Pass = &scores[0].Pass
		}
	}
	return out
}
