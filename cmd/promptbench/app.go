package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
	"promptbench/internal/text/textsafe"
)

// An app is what every command shares: the streams, and what the global flags
// say.
type app struct {
	in       io.Reader
	out, err io.Writer
	quiet    bool
	bar      atomic.Pointer[progressbar.ProgressBar] // that stands on the last line of the terminal, if any
	noColor  bool
}

// run is the whole program but for the process: it returns the exit code.
func run(args []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, err: errw}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) { a.page(cmd) }
	err := root.ExecuteContext(context.Background())
	if p, ok := a.out.(*pager); ok {
		p.close()
	}
	if message := a.explain(err); message != "" {
		_, _ = fmt.Fprintln(errw, message)
	}
	return codeOf(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "promptbench",
		Short: "Run prompt revisions over a suite of inputs and say which is better",
		Long: `promptbench runs revisions of a prompt over a suite of user inputs, grades the
replies by fixed criteria, and says whether one revision is better than another.`,
		Example: `  promptbench run prompts/v3
  promptbench run prompts/v2 prompts/v3
  promptbench compare prompts/v2 prompts/v3
  promptbench show prompts/v3 --failed`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs, // so that noCommand gets a mistyped command

		DisableFlagsInUseLine: true,

		RunE: a.noCommand,
	}
	root.SetVersionTemplate("promptbench {{.Version}}\n")
	root.SetUsageTemplate(strings.NewReplacer( // to fit eighty columns
		".FlagUsages ", ".FlagUsagesWrapped 80 ",
		`Use "{{.CommandPath}} [command] --help" for more information about a command.`, `{{.CommandPath}} COMMAND --help says more about a command.`,
	).Replace(root.UsageTemplate()))
	root.PersistentFlags().BoolVar(&a.quiet, "quiet", false, "print results only, no progress and no notes")
	root.PersistentFlags().BoolVar(&a.noColor, "no-color", false, "print without colours (also: NO_COLOR)")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.initCommand(), a.runCommand(), a.compareCommand(), a.showCommand(), a.reportCommand(), a.regradeCommand(), a.validateCommand(), a.importCommand(),
		a.watchCommand(), a.planCommand(), a.noiseCommand(), a.baselineCommand(), a.judgeCommand(), a.historyCommand(), a.runsCommand(), a.viewCommand(), a.workerCommand())
	addCompletion(root)
	return root
}

// noCommand answers a command line without a command, or with one that does
// not exist.
func (a *app) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	cmd.SetOut(a.err)
	if err := cmd.Help(); err != nil {
		return err
	}
	return &exitError{code: exitUsage}
}

// note prints a diagnostic to the error stream, unless told to be quiet.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		if bar := a.bar.Load(); bar != nil {
			_ = bar.Clear() // it is drawn again below
		}
		_, _ = fmt.Fprintf(a.err, format+"\n", args...)
	}
}

// maxWarnings is how many warnings stand before a result; validate tells all.
const maxWarnings = 5

func (a *app) warn(list problem.List) {
	warnings := list.Only(problem.Warning)
	for _, p := range warnings[:min(len(warnings), maxWarnings)] {
		a.note("%s", textsafe.Cell(p.Error()))
	}
	if more := len(warnings) - maxWarnings; more > 0 {
		a.note("%s more; promptbench validate lists them all", count(more, "warning"))
	}
}

// display says how wide and how colourful what is written to w may be.
func (a *app) display(w io.Writer, all bool) report.Options {
	o := report.Options{All: all}
	f, ok := w.(*os.File)
	if p, paged := w.(*pager); paged {
		f, ok = p.screen, true
	}
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return o
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		o.Width = width
	}
	o.Color = !a.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return o
}

// explain is what a person reads of an error, a line for each problem; empty
// where the result has said it all. A line without a place in a file begins
// with the program's name. What files and servers said comes out harmless.
func (a *app) explain(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*exitError](err); ok && e.err == nil {
		return ""
	}
	var lines []string
	if list, ok := errors.AsType[problem.List](err); ok {
		lines = a.describe(list, a.err)
	} else {
		for l := range strings.Lines(err.Error()) {
			lines = append(lines, a.blame("", l))
		}
	}
	return strings.Join(lines, "\n")
}

func (a *app) blame(file, message string) string {
	message = textsafe.Cell(strings.TrimRight(message, "\n"))
	if file != "" {
		return message
	}
	return "promptbench: " + message
}

// version says version, commit and Go.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("%s, %s", release(), info.GoVersion)
}

// release says version and commit: what has to be equal where two processes work
// on one run.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit := "unknown"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			commit = s.Value
		}
	}
	v := info.Main.Version
	if v == "" {
		v = "(devel)"
	}
	return fmt.Sprintf("%s, commit %s", v, commit)
}
