package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/output/report"
	"promptbench/internal/record/replace"
	"promptbench/internal/text/wording"
)

// outputFlags say in which format a result goes where. A command that shows runs
// takes several of each, so that one run gives all that a CI job needs.
type outputFlags struct {
	format      string // the first
	outputs     []output
	formats     []string // to choose from
	several     bool     // formats may be given
	formatFlags []string
	fileFlags   []string
}

// An output is one format and where it goes.
type output struct{ format, file string }

// stdout is what -o calls the standard output.
const stdout = "-"

func (o output) toStdout() bool { return o.file == stdout }

func (f *outputFlags) add(cmd *cobra.Command, formats ...string) {
	f.formats = formats
	list, again := wording.Either(formats), ""
	if f.several {
		again = "; repeatable, each with its own -o"
	}
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.StringArrayVar(&f.formatFlags, "format", nil,
			fmt.Sprintf("the `format` of the result: %s (default %s)%s", list, formats[0], again))
		flags.StringArrayVarP(&f.fileFlags, "output", "o", nil,
			"write the result to a `file`, whose ending gives the format; - for standard output (the default)")
	})
}

// check pairs formats with files, and refuses an unknown format and a file that
// could not be written once the work is done.
func (f *outputFlags) check() error {
	what, to := f.formatFlags, f.fileFlags
	if len(to) == 0 {
		to = []string{stdout}
	}
	if len(what) == 0 {
		for _, file := range to {
			what = append(what, cmp.Or(report.FormatOf(file), f.formats[0]))
		}
	}
	switch {
	case len(f.formatFlags) > 1 && !f.several:
		return usagef("--format is given more than once")
	case len(to) > 1 && !f.several:
		return usagef("-o is given more than once")
	case len(what) != len(to):
		return usagef("--format is given %d times and -o %d times; give each format its own -o, in the same order, "+
			"- for standard output", len(what), len(to))
	}
	f.outputs = nil
	for i, format := range what {
		o := output{format, to[i]}
		if err := f.checkOne(o); err != nil {
			return err
		}
		f.outputs = append(f.outputs, o)
	}
	f.format = what[0]
	return nil
}

func (f *outputFlags) checkOne(o output) error {
	switch isKnown := slices.Contains(f.formats, o.format); {
	case !isKnown && len(f.formatFlags) == 0:
		return usagef("-o %s: this command has no format %s, which the ending stands for; name one with --format: %s",
			o.file, o.format, strings.Join(f.formats, ", "))
	case !isKnown:
		return usagef("--format %s is unknown; %s", o.format, strictyaml.Hint(o.format, f.formats))
	}
	for _, other := range f.outputs {
		if filepath.Clean(other.file) == filepath.Clean(o.file) {
			return usagef("-o %s is given twice; each format needs its own file", o.file)
		}
	}
	if o.toStdout() {
		return nil
	}
	if info, err := os.Stat(o.file); err == nil && info.IsDir() {
		return usagef("-o %s is a directory; name a file in it", o.file)
	}
	if info, err := os.Stat(filepath.Dir(o.file)); err != nil || !info.IsDir() {
		return usagef("-o %s: there is no directory %s; make it first", o.file, filepath.Dir(o.file))
	}
	return nil
}

// write prints one result as text, or as JSON if that is the format; see writeAll.
func (f *outputFlags) write(a *app, text, json func(io.Writer) error) error {
	return f.writeAll(a, func(to []io.Writer) error {
		if f.format == report.JSON {
			return json(to[0])
		}
		return text(to[0])
	})
}

// writeAll prints a result to every output, in their order. A file is written once
// all of the result is there, so that a failure leaves no half of it behind. A
// result that names its own exit code is written nevertheless.
func (f *outputFlags) writeAll(a *app, printTo func([]io.Writer) error) error {
	to := make([]io.Writer, len(f.outputs))
	files := make([]bytes.Buffer, len(f.outputs))
	for i, o := range f.outputs {
		to[i] = &files[i]
		if o.toStdout() {
			to[i] = a.OutFor(o.format)
		}
	}
	err := printTo(to)
	if verdict, ok := errors.AsType[*exitError](err); err != nil && (!ok || verdict.code == exitUsage) {
		return err
	}
	for i, o := range f.outputs {
		if o.toStdout() {
			continue
		}
		if writeErr := replace.File(o.file, func(w io.Writer) error {
			_, err := files[i].WriteTo(w)
			return err
		}); writeErr != nil {
			return fmt.Errorf("writing the result: %w", writeErr)
		}
	}
	return err
}
