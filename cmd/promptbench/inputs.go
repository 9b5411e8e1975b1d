package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/run/project"
)

// keepsFiles annotates a command that itself refuses to replace YAML files that people may have changed.
const keepsFiles = "keeps-files"

// refuseInputs rejects an -o that names a file which the command reads, or a record or a
// YAML file, which people write: no result replaces them. It rejects a --status that
// names anything but a status.
func refuseInputs(cmd *cobra.Command, args []string) error {
	if file := cmd.Flags().Lookup("status"); file != nil && !canBeStatus(file.Value.String()) {
		return usagef("--status %s holds something else than a status; name another file", file.Value)
	}
	outputs, err := cmd.Flags().GetStringArray("output")
	if err != nil {
		return nil //nolint:nilerr // there is none, or it is the directory of import
	}
	var inputs []string
	for _, file := range outputs {
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		ending := strings.ToLower(filepath.Ext(file))
		isInput := (ending == ".yml" || ending == ".yaml") && cmd.Annotations[keepsFiles] == "" || holdsRecords(file)
		if !isInput && inputs == nil {
			inputs = inputsOf(cmd, args)
		}
		if isInput || slices.ContainsFunc(inputs, func(input string) bool {
			other, err := os.Stat(input)
			return err == nil && os.SameFile(info, other)
		}) {
			return usagef("-o %s would overwrite an input; name another file", file)
		}
	}
	return nil
}

// holdsRecords reports whether a file is a run file, labels or the like.
func holdsRecords(path string) bool {
	isRecord, err := inputfile.BeginsWith(path, `{"kind":"`)
	return err == nil && isRecord
}

// inputsOf lists the files that a command line names, and those of the project.
func inputsOf(cmd *cobra.Command, args []string) []string {
	var o project.Options
	out := slices.Clone(args)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "output":
			return
		case "config":
			o.Config = f.Value.String()
		case "suite":
			o.Suite = f.Value.String()
		case "runs":
			o.Runs = f.Value.String()
		case "env-file":
			o.EnvFile = f.Value.String()
		}
		list, err := cmd.Flags().GetStringArray(f.Name)
		if err != nil {
			list = []string{f.Value.String()}
		}
		out = append(out, list...)
	})
	return append(out, append(project.Inputs(cmd.Context(), o, args), cmp.Or(o.EnvFile, ".env"))...)
}
