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

	"promptbench/internal/strictyaml"
)

// outputFlags say in which format a result goes where.
type outputFlags struct {
	format, file string
	formats      []string
}

func (f *outputFlags) add(cmd *cobra.Command, formats ...string) {
	f.formats = formats
	cmd.Flags().StringVar(&f.format, "format", formats[0], "the `format` of the result: "+strings.Join(formats, " or "))
	cmd.Flags().StringVarP(&f.file, "output", "o", "-", "write the result to a `file`, - for standard output")
}

// check refuses an unknown format, and a file that could not be written once
// the work is done.
func (f *outputFlags) check() error {
	if !slices.Contains(f.formats, f.format) {
		hint := ""
		if near := strictyaml.Nearest(f.format, f.formats); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return usage(fmt.Errorf("--format %s is not one of %s%s", f.format, strings.Join(f.formats, ", "), hint))
	}
	if f.toStdout() {
		return nil
	}
	if info, err := os.Stat(f.file); err == nil && info.IsDir() {
		return usage(fmt.Errorf("-o %s is a directory; name a file in it", f.file))
	}
	if info, err := os.Stat(filepath.Dir(f.file)); err != nil || !info.IsDir() {
		return usage(fmt.Errorf("-o %s: there is no directory %s; make it first", f.file, filepath.Dir(f.file)))
	}
	return nil
}

func (f *outputFlags) toStdout() bool { return f.file == "" || f.file == "-" }

// write prints the result. A file is written once all of it is there, so that a
// failure leaves no half of it behind; a result that names its own exit code
// is written nevertheless.
func (f *outputFlags) write(a *app, printTo func(io.Writer) error) error {
	if f.toStdout() {
		return printTo(a.out)
	}
	var b bytes.Buffer
	err := printTo(&b)
	if verdict, ok := errors.AsType[*exitError](err); err != nil && (!ok || verdict.code == exitUsage) {
		return err
	}
	if writeErr := os.WriteFile(f.file, b.Bytes(), 0o644); writeErr != nil {
		return fmt.Errorf("writing the result: %w", writeErr)
	}
	return err
}
