package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// outputFlags say in which format a result goes where.
type outputFlags struct {
	format, file string
	formats      []string
}

func (f *outputFlags) add(cmd *cobra.Command, formats ...string) {
	f.formats = formats
	cmd.Flags().StringVar(&f.format, "format", formats[0], "the result as "+strings.Join(formats, ", "))
	cmd.Flags().StringVarP(&f.file, "output", "o", "-", "write the result to a `file`, - for standard output")
}

func (f *outputFlags) check() error {
	for _, known := range f.formats {
		if f.format == known {
			return nil
		}
	}
	return usage(fmt.Errorf("--format %s is not one of %s", f.format, strings.Join(f.formats, ", ")))
}

// write prints the result, to the file in one piece, so that a failure leaves
// no half of it behind.
func (f *outputFlags) write(a *app, print func(io.Writer) error) error {
	if f.file == "" || f.file == "-" {
		return print(a.out)
	}
	var b bytes.Buffer
	if err := print(&b); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(f.file), ".promptbench-*")
	if err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone after the rename
	if _, err := temp.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	if err := temp.Chmod(0o644); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	if err := temp.Close(); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	if err := os.Rename(temp.Name(), f.file); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}
