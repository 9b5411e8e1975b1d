package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/input/strictyaml"
)

// outputFlags say in which format a result goes where. A command that makes
// results of runs takes several of each, so that one run gives all that a job
// needs.
type outputFlags struct {
	format   string // the first
	outputs  []output
	formats  []string // to choose from
	several  bool
	gaveWhat []string
	gaveTo   []string
}

// An output is one format and where it goes.
type output struct{ format, file string }

// stdout is what -o calls the standard output.
const stdout = "-"

func (o output) toStdout() bool { return o.file == stdout }

func (f *outputFlags) add(cmd *cobra.Command, formats ...string) {
	f.formats = formats
	list := strings.Join(formats, ", ")
	if at := strings.LastIndex(list, ", "); at >= 0 {
		list = list[:at] + " or" + list[at+1:]
	}
	again := ""
	if f.several {
		again = "; several, each with its -o"
	}
	cmd.Flags().StringArrayVar(&f.gaveWhat, "format", nil, fmt.Sprintf("the `format` of the result: %s (default %s)%s", list, formats[0], again))
	cmd.Flags().StringArrayVarP(&f.gaveTo, "output", "o", nil, "write the result to a `file`, - for standard output (the default)")
}

// check pairs formats with files, and refuses an unknown format and a file that
// could not be written once the work is done.
func (f *outputFlags) check() error {
	what, to := f.gaveWhat, f.gaveTo
	if len(what) == 0 {
		what = f.formats[:1]
	}
	if len(to) == 0 {
		to = []string{stdout}
	}
	switch {
	case len(what) > 1 && !f.several:
		return usage(errors.New("--format is given more than once"))
	case len(what) != len(to):
		return usage(fmt.Errorf("--format is given %d times and -o %d times; give each format its -o, in the same order, - for standard output", len(what), len(to)))
	}
	f.outputs = nil
	for i, format := range what {
		o := output{format, to[i]}
		if o.file == "" {
			o.file = stdout
		}
		if err := f.checkOne(o); err != nil {
			return err
		}
		f.outputs = append(f.outputs, o)
	}
	f.format = what[0]
	return nil
}

func (f *outputFlags) checkOne(o output) error {
	if !slices.Contains(f.formats, o.format) {
		hint := ""
		if near := strictyaml.DidYouMean(o.format, f.formats); near != "" {
			hint = "; " + near
		}
		return usage(fmt.Errorf("--format %s is not one of %s%s", o.format, strings.Join(f.formats, ", "), hint))
	}
	for _, other := range f.outputs {
		if filepath.Clean(other.file) == filepath.Clean(o.file) {
			return usage(fmt.Errorf("-o %s is given twice; each format goes to a place of its own", o.file))
		}
	}
	if o.toStdout() {
		return nil
	}
	if info, err := os.Stat(o.file); err == nil && info.IsDir() {
		return usage(fmt.Errorf("-o %s is a directory; name a file in it", o.file))
	}
	if info, err := os.Stat(filepath.Dir(o.file)); err != nil || !info.IsDir() {
		return usage(fmt.Errorf("-o %s: there is no directory %s; make it first", o.file, filepath.Dir(o.file)))
	}
	return nil
}

// write prints one result. See writeAll.
func (f *outputFlags) write(a *app, printTo func(io.Writer) error) error {
	return f.writeAll(a, func(to []io.Writer) error { return printTo(to[0]) })
}

// writeAll prints a result to every output, in their order. A file is written
// once all of it is there, so that a failure leaves no half of it behind; a
// result that names its own exit code is written nevertheless.
func (f *outputFlags) writeAll(a *app, printTo func([]io.Writer) error) error {
	to := make([]io.Writer, len(f.outputs))
	files := make([]bytes.Buffer, len(f.outputs))
	for i, o := range f.outputs {
		to[i] = &files[i]
		if o.toStdout() {
			to[i] = a.Out
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
		if writeErr := os.WriteFile(o.file, files[i].Bytes(), 0o644); writeErr != nil {
			return fmt.Errorf("writing the result: %w", writeErr)
		}
	}
	return err
}
