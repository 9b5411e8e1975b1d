package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/migrate/starter"
	"promptbench/internal/run/project"
)

// mostSuggestions is how many words a shell gets at once.
const mostSuggestions = 200

// addCompletion lets shells complete the values of flags and the arguments. It calls
// neither a model nor a grader; see [project.Suggester].
func addCompletion(cmd *cobra.Command) {
	takes := map[string]func(project.Suggester) []string{
		"case":     func(s project.Suggester) []string { ids, _ := s.Cases(); return ids },
		"tag":      func(s project.Suggester) []string { _, tags := s.Cases(); return tags },
		"model":    project.Suggester.Models,
		"judge":    project.Suggester.Models,
		"grader":   project.Suggester.Graders,
		"allow":    func(project.Suggester) []string { return []string{"model", "judge"} },
		"progress": func(project.Suggester) []string { return []string{"auto", "json"} },
		"queue":    func(project.Suggester) []string { return []string{"nats://", "tls://", "embedded"} },
		"pprof":    func(project.Suggester) []string { return []string{"127.0.0.1:6060"} },
		"suite":    project.Suggester.Suites,
		"from":     func(project.Suggester) []string { return starter.Names() },
		"lang":     func(project.Suggester) []string { return starter.Langs() },
		"max-age":  func(project.Suggester) []string { return []string{"24h", "168h", "720h"} },
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		fill, known := takes[f.Name]
		if f.Name == "format" {
			formats := formatsIn(f.Usage)
			fill, known = func(project.Suggester) []string { return formats }, true
		}
		switch {
		case f.Value.Type() == "bool":
		case known:
			complete(cmd, f.Name, func(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
				return suggest(fill(suggester(cmd)), word)
			})
		case f.Name == "config":
			complete(cmd, f.Name, cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt))
		case f.Name == "baseline":
			complete(cmd, f.Name, cobra.FixedCompletions([]string{"jsonl"}, cobra.ShellCompDirectiveFilterFileExt))
		case strings.Contains(f.Usage, "`directory`"):
			complete(cmd, f.Name, cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs))
		case !strings.Contains(f.Usage, "`file`"):
			complete(cmd, f.Name, cobra.NoFileCompletions)
		}
	})
	if cmd.Runnable() && cmd.HasParent() && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = completeArgs
	}
	for _, c := range cmd.Commands() {
		addCompletion(c)
	}
}

// complete registers how a flag is completed, unless the command has done that.
func complete(cmd *cobra.Command, flag string, how cobra.CompletionFunc) {
	if _, own := cmd.GetFlagCompletionFunc(flag); !own {
		_ = cmd.RegisterFlagCompletionFunc(flag, how) // fails for an unknown flag or a second time only
	}
}

// completeArgs completes the arguments that the usage of a command names:
// revisions, and where it takes runs, their ids and files.
func completeArgs(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	runs := strings.Contains(cmd.Use, "RUN") || strings.Contains(cmd.Use, "BASE")
	if !runs && !strings.Contains(cmd.Use, "REVISION") || len(args) > 0 && !strings.Contains(cmd.Use, "…") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s := suggester(cmd)
	if n := len(args); n > 1 && args[n-1] == "@" { // bash takes the @ of prompts/v3@main for a word
		return suggest(s.Refs(cmd.Context()), word)
	}
	words := s.Revisions(cmd.Context(), word)
	if runs && word != "" {
		files, ids := s.Runs()
		words = slices.Concat(words, files, ids)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(args, w) })
	out, directive := suggest(words, word)
	if len(out) == 0 {
		directive = cobra.ShellCompDirectiveDefault // any file
	}
	return out, directive
}

// suggester returns suggestions by the flags on the line so far.
func suggester(cmd *cobra.Command) project.Suggester {
	text := func(name string) string {
		value, _ := cmd.Flags().GetString(name) // a command without the flag has nothing to say
		return value
	}
	return project.Suggest(project.Options{Config: text("config"), Suite: text("suite"), Runs: text("runs")})
}

// suggest returns the words that begin with what was typed. If they are too many, it
// returns only as long beginnings of them as fit.
func suggest(words []string, typed string) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	var fit []string
	for _, w := range words {
		if strings.HasPrefix(w, typed) && !strings.ContainsAny(w, "\n\t") {
			fit = append(fit, w)
		}
	}
	if len(fit) <= mostSuggestions {
		return fit, directive
	}
	var fewer []string
	for length := len(typed) + 1; ; length++ {
		next := beginnings(fit, length)
		if len(next) > mostSuggestions {
			break
		}
		fewer = next
	}
	return fewer, directive | cobra.ShellCompDirectiveNoSpace
}

// beginnings returns the different beginnings of words, of length bytes or to the
// end of the letter there, and stops once they are too many.
func beginnings(words []string, length int) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		end := min(length, len(w))
		for end < len(w) && !utf8.RuneStart(w[end]) {
			end++
		}
		if b := w[:end]; !seen[b] {
			seen[b] = true
			if out = append(out, b); len(out) > mostSuggestions {
				break
			}
		}
	}
	return out
}

// formatsIn returns the formats that the help of a --format flag lists.
func formatsIn(usage string) []string {
	_, list, _ := strings.Cut(usage, ": ")
	list, _, _ = strings.Cut(list, " (")
	return strings.Split(strings.ReplaceAll(list, " or ", ", "), ", ")
}
