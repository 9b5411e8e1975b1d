package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/input/config"
	"promptbench/internal/migrate/importer"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// mostLeft is how many lines a summary has of what is not carried over; the suite has
// all.
const mostLeft = 30

type importFlags struct {
	dir, name, root, expected, input string
	dryRun, strict                   bool
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE…",
		Short: "Convert another tool's evaluation to prompts, suites and models",
		Long: `Import reads promptfoo configs, .prompt.yml files of GitHub Models, samples and
registry entries of OpenAI evals, and tables (CSV). It writes prompts, suites
and a promptbench.yaml. It lists what it can't carry over, each with its place,
also at the end of the suite. It runs no code, makes no call, and changes no
existing file.`,
		Example: `  promptbench import promptfooconfig.yaml
  promptbench import joke.prompt.yml -o evals
  promptbench import samples.jsonl --name capitals --expected contains
  promptbench import questions.csv --dry-run`,
		Args: atLeastOne("a file to import"),
		RunE: func(_ *cobra.Command, args []string) error { return a.runImport(args, f) },
	}
	cmd.ValidArgsFunction = cobra.FixedCompletions(
		[]string{"yaml", "yml", "json", "jsonl", "csv"}, cobra.ShellCompDirectiveFilterFileExt)
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "output", "o", ".", "the `directory` of the project")
	flags.StringVar(&f.name, "name", "", "the `name` of the suite and its prompts (default: that of the file)")
	flags.StringVar(&f.root, "root", "", "read files that FILE names only from this `directory` and below "+
		"(default: the working directory, else FILE's repository)")
	flags.StringVar(&f.expected, "expected", "", "how an expected text is compared: `equals`, contains or starts-with")
	flags.StringVar(&f.input, "input-column", "", "the `column` of a table, or the var of other sources, that is the "+
		"input (default: chosen by its name)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the files, write nothing")
	flags.BoolVar(&f.strict, "strict", false, "write nothing and exit with 1 if anything can't be carried over")
	complete(cmd, "expected", cobra.FixedCompletions(
		[]string{importer.Equals, importer.Contains, importer.StartsWith}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) runImport(sources []string, f importFlags) error {
	known := []string{importer.Equals, importer.Contains, importer.StartsWith}
	if f.expected != "" && !slices.Contains(known, f.expected) {
		return usagef("--expected %s is unknown; known: %s", f.expected, strings.Join(known, ", "))
	}
	options := importer.Options{Name: f.name, Expected: f.expected, Input: f.input}
	plan, err := importer.Prepare(sources, f.dir, f.root, options)
	if err != nil {
		return err
	}
	left := 0
	for _, r := range plan.Results {
		left += len(r.Left)
		a.printImported(r)
	}
	switch {
	case f.strict && left > 0:
		return errors.New("nothing is written, because of --strict: not everything can be carried over")
	case f.dryRun:
		a.printFiles(plan)
		if len(plan.Exists) > 0 {
			return plan.Write(f.dir)
		}
		return nil
	}
	if err := plan.Write(f.dir); err != nil {
		return err
	}
	a.printNext(plan, f.dir)
	return nil
}

func (a *app) printImported(r *importer.Result) {
	lines := []string{fmt.Sprintf("%s: %s with %s and %s",
		r.Name, r.Format, wording.Count(len(r.Prompts), "prompt"), wording.Count(r.Cases, "case"))}
	if len(r.Code) > 0 {
		lines = append(lines, fmt.Sprintf("  it has assertions in %s: "+
			"their code runs on this machine with every run of the suite, so read it first", wording.List(r.Code)))
	}
	list := func(title string, grouped []string) {
		for i, line := range grouped {
			if i == 0 {
				lines = append(lines, title)
			}
			if i == mostLeft {
				lines = append(lines, fmt.Sprintf("  and %d more; the end of %s has all of them", len(grouped)-mostLeft, r.Suite))
				break
			}
			lines = append(lines, "  "+line)
		}
	}
	list("chosen and renamed:", importer.Group(r.Notes))
	list("not carried over:", importer.Group(r.Left))
	for _, line := range lines {
		_, _ = fmt.Fprintln(a.Out, textsafe.Cell(line))
	}
}

// printFiles shows what would be written.
func (a *app) printFiles(plan *importer.Plan) {
	for _, file := range plan.Files {
		_, _ = fmt.Fprintf(a.Out, "\n── %s\n%s", textsafe.Cell(file.Path), textsafe.Block(string(file.Data)))
	}
	a.printEntries(plan)
}

// printEntries shows what an existing config may need.
func (a *app) printEntries(plan *importer.Plan) {
	if len(plan.Config) > 0 {
		_, _ = fmt.Fprintf(a.Out, "\n%s exists and does not change; it may need this:\n%s",
			config.DefaultPath, textsafe.Block(string(plan.Config)))
	}
}

func (a *app) printNext(plan *importer.Plan, dir string) {
	_, _ = fmt.Fprintln(a.Out, "written:")
	for _, file := range plan.Files {
		_, _ = fmt.Fprintln(a.Out, "  "+textsafe.Cell(file.Path))
	}
	a.printEntries(plan)
	first := plan.Results[0]
	judge := ""
	if first.Judged && first.Judge == "" {
		judge = " --judge MODEL"
	}
	there := ""
	if dir != "." {
		there = "in " + dir + ": "
	}
	_, _ = fmt.Fprintf(a.Out, "next: %spromptbench run %s --suite %s%s\n",
		textsafe.Cell(there), strings.TrimSuffix(first.Prompts[0], ".prompt.yml"), first.Suite, judge)
}
