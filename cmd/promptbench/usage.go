package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/text/wording"
)

// helpWidth is how many columns --help takes.
const helpWidth = 80

// usageText returns how a command is called: the end of its --help.
func usageText(cmd *cobra.Command) string {
	var b strings.Builder
	b.WriteString("Usage:\n")
	if cmd.Runnable() {
		fmt.Fprintf(&b, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s COMMAND\n", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-*s %s\n", cmd.NamePadding(), c.Name(), c.Short)
			}
		}
	}
	b.WriteString(flagUsages(cmd.LocalFlags(), helpWidth))
	if cmd.HasAvailableInheritedFlags() {
		fmt.Fprintf(&b, "\nGlobal flags:\n%s", cmd.InheritedFlags().FlagUsagesWrapped(helpWidth))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s COMMAND --help describes a command.\n", cmd.CommandPath())
	}
	return b.String()
}

// usagef is an error of what was typed.
func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// unknownCommand names the command that was perhaps meant, or all there are.
func unknownCommand(root *cobra.Command, typed string) error {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "the commands are " + strings.Join(names, ", ")
	if strings.ContainsAny(typed, "/@") && !root.HasParent() {
		hint = "did you mean promptbench run " + typed + "?"
	}
	if near := strictyaml.DidYouMean(typed, names); near != "" {
		hint = near
	}
	return usagef("unknown command %q; %s", typed, hint)
}

// groupCommand makes a command that only holds others, and names them if none of
// them is typed.
func groupCommand(cmd *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name())
	}
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("%s needs a command: %s; see %s --help", nameOf(cmd), wording.Either(names), cmd.CommandPath())
		}
		return unknownCommand(cmd, args[0])
	}
	cmd.AddCommand(commands...)
	return cmd
}

// flagError makes a mistyped flag or value a usage error that says what was
// perhaps meant.
func flagError(cmd *cobra.Command, err error) error {
	see := fmt.Sprintf("see %s --help", cmd.CommandPath())
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name, known := unknown.GetSpecifiedName(), flagNames(cmd)
		if shorthands := unknown.GetSpecifiedShortnames(); len(shorthands) > 1 {
			name = strings.TrimLeft(strings.SplitN(shorthands, "=", 2)[0], "-") // -format for --format, but -j4
			name = strings.TrimRight(name, "0123456789")
		}
		near := ""
		if len(name) > 1 {
			near = strictyaml.Nearest(name, known)
		}
		if other := otherWord(name, known); other != "" {
			see = fmt.Sprintf("use %s; %s", other, see)
		} else if near != "" {
			see = fmt.Sprintf("did you mean --%s? %s", near, see)
		} else if long := beginningWith(name, known); len(name) == 1 && len(long) > 0 {
			see = fmt.Sprintf("there is no short form of --%s; %s", strings.Join(long, ", --"), see)
		}
	}
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		flag := wrong.GetFlag()
		if errors.Is(err, errEmptyValue) {
			what, _ := pflag.UnquoteUsage(flag)
			return usagef("--%s is empty; give it a value (%s), or leave it out; %s", flag.Name, what, see)
		}
		err = fmt.Errorf("--%s %q is not a %s", flag.Name, wrong.GetValue(), kindOfValue(flag.Value.Type()))
	}
	return usagef("%w; %s", err, see)
}

// beginningWith returns the names that begin with a letter, the shortest few.
func beginningWith(letter string, names []string) []string {
	const most = 4
	out := slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, letter) })
	slices.SortStableFunc(out, func(a, b string) int { return len(a) - len(b) })
	return out[:min(most, len(out))]
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, f.Name) }
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	slices.Sort(names)
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
			return usagef("%s needs %s; see %s --help", nameOf(cmd), what, cmd.CommandPath())
		}
		return nil
	}
}

func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("%s takes one argument, %s; it was given %d; see %s --help",
				nameOf(cmd), what, len(args), cmd.CommandPath())
		}
		return atLeastOne(what)(cmd, args)
	}
}

// nameOf returns the name of a command without the program's, which begins every message.
func nameOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}
