package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/strictyaml"
)

// unknownCommand names the command that was perhaps meant, or all there are.
func unknownCommand(root *cobra.Command, typed string) error {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "there are " + strings.Join(names, ", ")
	if strings.ContainsAny(typed, "/@") && !root.HasParent() {
		hint = "did you mean promptbench run " + typed + "?"
	}
	if near := strictyaml.DidYouMean(typed, names); near != "" {
		hint = near
	}
	return usage(fmt.Errorf("unknown command %q; %s", typed, hint))
}

// flagError makes a mistyped flag or value a usage error that says what was
// perhaps meant.
func flagError(cmd *cobra.Command, err error) error {
	see := fmt.Sprintf("see %s --help", cmd.CommandPath())
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := unknown.GetSpecifiedName()
		if group := unknown.GetSpecifiedShortnames(); len(group) > 1 {
			name = strings.TrimLeft(strings.SplitN(group, "=", 2)[0], "-") // -format for --format
		}
		if len(name) == 1 {
			if long := beginningWith(name, flagNames(cmd)); len(long) > 0 {
				see = fmt.Sprintf("flags are written out here, as --%s; %s", strings.Join(long, ", --"), see)
			}
		} else if near := strictyaml.Nearest(name, flagNames(cmd)); near != "" {
			see = fmt.Sprintf("did you mean --%s? %s", near, see)
		}
	}
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		flag := wrong.GetFlag()
		err = fmt.Errorf("--%s %q is no %s", flag.Name, wrong.GetValue(), kindOfValue(flag.Value.Type()))
	}
	return usage(fmt.Errorf("%w; %s", err, see))
}

// beginningWith are the names that begin with a letter, the shortest few.
func beginningWith(letter string, names []string) []string {
	const most = 4
	var out []string
	for _, name := range names {
		if strings.HasPrefix(name, letter) {
			out = append(out, name)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(a) - len(b) })
	return out[:min(most, len(out))]
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, f.Name) }
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return names
}

func kindOfValue(typ string) string {
	switch typ {
	case "int":
		return "whole number"
	case "float64":
		return "number"
	case "duration":
		return "duration such as 90s or 24h"
	case "bool":
		return "yes or no: write true or false, or leave the value out"
	}
	return typ
}

// atLeastOne says in words what an argument list lacks.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(fmt.Errorf("%s wants %s; see %s --help", cmd.CommandPath(), what, cmd.CommandPath()))
		}
		return nil
	}
}

func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage(fmt.Errorf("%s wants %s, and just one; see %s --help", cmd.CommandPath(), what, cmd.CommandPath()))
		}
		return nil
	}
}
