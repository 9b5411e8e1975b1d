package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/output/progress"
	"promptbench/internal/output/report"
	"promptbench/internal/text/textsafe"
)

// An app is what all commands share.
type app struct {
	progress.Console

	in     io.Reader
	status status // how the command ends
	agent  agentRules
	calls  int // that runs began to make
}

// run runs the program and returns its exit code.
func run(args []string, in io.Reader, out, errw io.Writer) int {
	return newApp(in, out, errw).run(context.Background(), args)
}

func newApp(in io.Reader, out, errw io.Writer) *app {
	safe := func(w io.Writer) io.Writer { return &textsafe.Writer{To: w} }
	return &app{Console: progress.Console{Out: safe(out), Err: safe(errw)}, in: in}
}

// run runs a command and returns its exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.root() //nolint:contextcheck // the commands get it when they run
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.OutFor(report.HTML)) // as it is: a script for a shell holds control characters
	root.SetErr(a.Err)
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error { //nolint:contextcheck // reads small files
		if i := slices.IndexFunc(args, isBlank); i >= 0 && !strings.HasPrefix(cmd.Name(), cobra.ShellCompRequestCmd) {
			return usagef("argument %d of %s is empty; is a variable unset?", i+1, nameOf(cmd))
		}
		if all := cmd.Flags().Lookup("all"); all != nil && all.Value.String() == "true" {
			a.Page()
		}
		return errors.Join(a.tellProgress(cmd.Flags().Lookup("progress")), refuseInputs(cmd, args))
	}
	err := root.ExecuteContext(ctx)
	a.Close()
	lines := a.explain(err)
	if failure := a.status.write(err, lines); failure != nil {
		lines = append(lines, a.explain(failure)...)
		err = cmp.Or(err, failure)
	}
	for _, line := range lines {
		_, _ = fmt.Fprintln(a.Err, line)
	}
	return codeOf(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "promptbench",
		Short: "Run prompt revisions over a suite of inputs and say which is better",
		Long: `promptbench runs revisions of a prompt over a suite of user inputs, grades the
replies, and says whether one revision is better than another.`,
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
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		_, err := io.WriteString(cmd.OutOrStdout(), usageText(cmd))
		return err
	})
	root.PersistentFlags().BoolVar(&a.Quiet, "quiet", false, "print results only, no progress and no notes")
	root.PersistentFlags().BoolVar(&a.NoColor, "no-color", false, "print without colours (also: NO_COLOR)")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		a.initCommand(), a.listCommand(), a.runCommand(), a.compareCommand(), a.showCommand(),
		a.reportCommand(), a.regradeCommand(),
		a.validateCommand(), a.casesCommand(), a.importCommand(), a.watchCommand(), a.planCommand(), a.noiseCommand(),
		a.blameCommand(), a.improveCommand(), a.mutateCommand(), a.baselineCommand(),
		a.judgeCommand(), a.historyCommand(), a.runsCommand(), a.viewCommand(), a.workerCommand(), a.mcpCommand())
	addCompletion(root)
	makeStrict(root)
	return root
}

// noCommand answers a command line without a command, or with an unknown one.
func (a *app) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	cmd.SetOut(a.Err)
	if err := cmd.Help(); err != nil {
		return err
	}
	return &exitError{code: exitUsage}
}

// explain returns an error as lines for a person; none if the result has said it
// all.
func (a *app) explain(err error) []string {
	if e, ok := errors.AsType[*exitError](err); err == nil || ok && e.err == nil {
		return nil
	}
	return a.Explain(err)
}

// tool returns what run files say of the program that wrote them.
func tool() string { return "promptbench " + version() }

// version returns the version, the commit and that of Go.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("%s, %s", release(), info.GoVersion)
}

// release returns the version and the commit.
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
	return fmt.Sprintf("%s, commit %s", cmp.Or(info.Main.Version, "(devel)"), commit)
}

// build returns what a run and its workers must have in common: the release, and
// where that does not tell what the source was, a hash of the program itself.
func build() string {
	info, ok := debug.ReadBuildInfo()
	known := ok && info.Main.Version != "(devel)"
	if ok {
		for _, s := range info.Settings {
			known = known || s.Key == "vcs.revision"
		}
		for _, s := range info.Settings {
			known = known && (s.Key != "vcs.modified" || s.Value != "true")
		}
	}
	if known {
		return release()
	}
	return fmt.Sprintf("%s, build %s", release(), programHash())
}

// programHash returns a hash of the running program, or "unknown" where it can't be
// read.
func programHash() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "unknown"
	}
	return hex.EncodeToString(hash.Sum(nil)[:6])
}
