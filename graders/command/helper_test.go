package command_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"promptbench/graders"
)

// The test binary plays the programs, as each test needs them.
const play = "COMMAND_TEST_PLAY"

func TestMain(m *testing.M) {
	if how := os.Getenv(play); how != "" {
		if err := part(how); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func part(how string) error {
	switch how {
	case "grader":
		return graders.Serve(graders.Func("items", 1, grade))
	case "no-start":
		_, _ = fmt.Fprint(os.Stderr, "\x1b[31mTraceback\x1b[0m\n  line 1\nModuleNotFoundError: No module named '말투'\n")
		crash(1)
	case "greets":
		_, _ = fmt.Fprintln(os.Stdout, "Loading…")
		return nil
	}
	in := bufio.NewReader(os.Stdin)
	_, _ = in.ReadString('\n')
	version := "1"
	if how == "changes" {
		version = strconv.Itoa(os.Getpid())
	}
	_, _ = fmt.Fprintf(os.Stdout, `{"protocol":1,"name":"raw","version":"%s"}`+"\n", version)
	for id := 1; ; id++ {
		if how == "answers first" { // with more than a pipe holds, before it has read the sample
			if _, err := in.Peek(1); errors.Is(err, io.EOF) { // an answer before the sample comes would be one too many
				return nil
			}
			_, _ = fmt.Fprintf(os.Stdout, `{"id":%d,"value":1,"reason":"%s"}`+"\n", id, strings.Repeat("x", 300<<10))
		}
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		switch how {
		case "answers first":
		case "one":
			_, _ = fmt.Fprintf(os.Stdout, `{"id":%d,"value":1}`+"\n", id)
			return nil
		case "twice":
			_, _ = fmt.Fprintf(os.Stdout, `{"id":%d,"value":1}`+"\n"+`{"id":%[1]d,"value":0}`+"\n", id)
		case "debugs":
			_, _ = fmt.Fprintf(os.Stdout, "grading\n"+`{"id":%d,"value":1}`+"\n", id)
		case "wrong":
			_, _ = fmt.Fprintf(os.Stdout, `{"id":%d,"value":7}`+"\n", id)
		case "hangs", "changes":
			if strings.Contains(line, "hang") {
				select {}
			}
			if strings.Contains(line, "crash") {
				crash(9)
			}
			_, _ = fmt.Fprintf(os.Stdout, `{"id":%d,"value":1}`+"\n", id)
		case "child": // which holds the streams, and is not told of the end
			child := exec.Command("sleep", "600")
			child.Stdout, child.Stderr = os.Stdout, os.Stderr
			if err := child.Start(); err != nil {
				return err
			}
			if strings.Contains(line, "crash") {
				_, _ = fmt.Fprintf(os.Stderr, "child %d\n", child.Process.Pid)
				return fmt.Errorf("crashed")
			}
			_, _ = fmt.Fprintf(os.Stdout, `{"id":%d,"value":1,"reason":"%d"}`+"\n", id, child.Process.Pid)
		}
	}
}

func crash(code int) {
	os.Exit(code) //nolint:revive // which is what is played
}

// grade is a grader whose samples say what is to happen.
func grade(s graders.Sample) graders.Score {
	switch {
	case strings.HasPrefix(s.Reply.Text, "crash"):
		_, _ = fmt.Fprintln(os.Stderr, "crashing as asked")
		crash(7)
	case strings.HasPrefix(s.Reply.Text, "env "):
		value, ok := os.LookupEnv(s.Reply.Text[4:])
		return graders.Scored(map[bool]float64{true: 1}[ok], value)
	case s.Reply.Text == "dir":
		dir, err := os.Getwd()
		if err != nil {
			return graders.Unscored(err.Error())
		}
		return graders.Scored(1, dir)
	case s.Reply.Text == "pid":
		return graders.Scored(1, strconv.Itoa(os.Getpid()))
	}
	fmt.Println("a forgotten print") //nolint:forbidigo // which must not matter
	return graders.Scored(1/float64(max(1, len(s.Reply.Items))), fmt.Sprintf("%d bytes", len(s.Reply.Text)))
}
