package progress

import (
	"bufio"
	"cmp"
	"errors"
	"maps"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
	"promptbench/internal/text/wording"
)

// maxDescribed is how many problems are listed; a file that is wrong throughout needs no more to be understood.
const maxDescribed = 100

// Describe returns the first problems as lines to print to Err: each problem with its place, and below it the line of
// the file. A line that holds a secret, or that can't be read, is left out.
func (c *Console) Describe(list problem.List) []string {
	width := cmp.Or(c.Display(c.Err, false).Width, report.DefaultWidth)
	more := len(list) - maxDescribed
	list = list[:min(len(list), maxDescribed)]
	quoted := linesOf(list)
	var out []string
	for _, p := range list {
		out = append(out, Blame(p.File, p.Error()))
		line := quoted[p.File][p.Line]
		if strings.TrimSpace(line) == "" {
			continue
		}
		for text := range strings.SplitSeq(problem.Excerpt(line, p.Line, p.Column, width-2), "\n") {
			out = append(out, "  "+text)
		}
	}
	if more > 0 {
		out = append(out, Blame("", wording.Count(more, "more problem")+", see promptbench validate --format json"))
	}
	return out
}

// linesOf returns the lines of the problems by file and number, each file read once. No line holds a secret.
func linesOf(list problem.List) map[string]map[int]string {
	out := map[string]map[int]string{}
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
		if p.Secret {
			delete(out[p.File], p.Line)
		}
	}
	for _, lines := range out {
		maps.DeleteFunc(lines, func(_ int, line string) bool { return config.HoldsSecret(line) })
	}
	return out
}

// maxQuoted is how many bytes of a line are read.
const maxQuoted = 1 << 20

// readLines fills in the wanted lines of a file, as far as they can be read.
func readLines(file string, wanted map[int]string) {
	f, err := inputfile.Open(file)
	if err != nil {
		return
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	r := bufio.NewReaderSize(f, maxQuoted)
	for number, left := 1, len(wanted); left > 0 && err == nil; number++ {
		var line []byte
		line, err = r.ReadSlice('\n')
		if _, ok := wanted[number]; ok {
			wanted[number] = strings.TrimRight(string(line), "\r\n")
			left--
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
	}
}
