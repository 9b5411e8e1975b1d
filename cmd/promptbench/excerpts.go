package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
)

// maxQuoted is how much of a line is read for a quotation.
const maxQuoted = 1 << 20

// excerpts are the lines that problems are at, by file and number. A file that
// can't be read, such as one from a git revision, has none.
type excerpts map[string]map[int]string

// excerptsOf reads the lines of the problems, each file once. A line that holds a
// secret is left out, whichever problem is at it.
func excerptsOf(list problem.List) excerpts {
	out := excerpts{}
	for _, p := range list {
		if p.File == "" || p.Line == 0 {
			continue
		}
		if out[p.File] == nil {
			out[p.File] = map[int]string{}
		}
		out[p.File][p.Line] = ""
	}
	for file, wanted := range out {
		readLines(file, wanted)
	}
	for _, p := range list {
		if p.Secret || config.HoldsSecret(out[p.File][p.Line]) {
			delete(out[p.File], p.Line)
		}
	}
	return out
}

// readLines fills in the wanted lines of a file, and takes out those that it
// does not have.
func readLines(file string, wanted map[int]string) {
	left := len(wanted)
	f, err := os.Open(file)
	if err != nil {
		clear(wanted)
		return
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	r := bufio.NewReaderSize(f, maxQuoted)
	number := 0
	for left > 0 {
		line, err := r.ReadSlice('\n')
		number++
		if _, ok := wanted[number]; ok && len(line) > 0 {
			wanted[number] = strings.TrimRight(string(line), "\r\n")
			left--
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		if err != nil {
			break
		}
	}
	for n := range wanted {
		if n > number {
			delete(wanted, n)
		}
	}
}

// under is the quotation that stands under a problem, or nothing.
func (e excerpts) under(p problem.Problem, width int) string {
	line, ok := e[p.File][p.Line]
	if !ok || strings.TrimSpace(line) == "" {
		return ""
	}
	return problem.Excerpt(line, p.Line, p.Column, width-2)
}

// describe is what a person reads of problems: each with its place, and under it
// the line that it is about.
func (a *app) describe(list problem.List, w io.Writer) []string {
	width := a.display(w, false).Width
	if width == 0 {
		width = report.DefaultWidth
	}
	quoted := excerptsOf(list)
	var out []string
	for _, p := range list {
		out = append(out, a.blame(p.File, p.Error()))
		if text := quoted.under(p, width); text != "" {
			for line := range strings.SplitSeq(text, "\n") {
				out = append(out, "  "+line)
			}
		}
	}
	return out
}
