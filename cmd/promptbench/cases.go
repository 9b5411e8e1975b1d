package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/migrate/propose"
	"promptbench/internal/output/report"
	"promptbench/internal/run/cases"
	"promptbench/internal/run/project"
)

func (a *app) casesCommand() *cobra.Command {
	return groupCommand(&cobra.Command{
		Use:   "cases",
		Short: "Propose cases, say which ones are missing, and check them",
		Long: `A verdict is as good as its suite. From turns failures and exports of tracing
tools into proposed cases, which a person labels. Suggest says what the suite
lacks, and has a model propose inputs. Fill puts the labels that people gave in
the browser into proposed cases. Check says what the cases of the suite are
worth.`,
		Example: `  promptbench cases from export.jsonl -o proposed.yaml
  promptbench cases suggest
  promptbench cases check`,
	}, a.casesFromCommand(), a.casesSuggestCommand(), a.casesFillCommand(), a.casesCheckCommand())
}

func (a *app) casesFromCommand() *cobra.Command {
	var (
		files  projectFlags
		source cases.Source
		to     = outputFlags{several: true}
	)
	cmd := &cobra.Command{
		Use:   "from FILE|RUN…",
		Short: "Propose cases from exports of what users typed or from a run",
		Long: `From reads OpenTelemetry GenAI spans as JSON, exports of Langfuse, LangSmith,
Phoenix and Braintrust, CSV, JSON and JSON Lines. From a run it takes the cases
that fail. It writes the inputs as a suite of proposed cases, which extends the
suite. A person replaces each TODO by the expected type and moves the cases into
the suite. From adds no case to a suite and makes no call.

It replaces private text: keys, passwords, e-mail addresses, names, and phone,
card, account and national numbers. No rule finds all of it, so read the cases
before you share them. An input that repeats another one, a case or an example
of a prompt is left out. Inputs that nearly equal each other share a group. An
input that nearly equals an example has the tag near-example.

The id of a case comes from its input, so it stays when an export grows. From
never replaces a file of proposed cases with another one: it may hold labels.`,
		Example: `  promptbench cases from export.jsonl -o proposed.yaml
  promptbench cases from questions.csv --input question -o proposed.yaml
  promptbench cases from prompts/v3 -o failures.yaml
  promptbench cases from spans.json --format json -o report.json`,
		Annotations: map[string]string{keepsFiles: "yes"},
		Args:        atLeastOne("an export, or a run"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			for _, arg := range args {
				path := []string{arg}
				if !project.Exists(arg) {
					var err error
					if path, err = a.pathsOf(ctx, path, o); err != nil {
						return err
					}
				}
				source.Files = append(source.Files, path...)
			}
			proposal, err := cases.From(ctx, o, source)
			if err != nil {
				return err
			}
			for _, line := range proposal.Summary() {
				a.Note("%s", line)
			}
			err = to.writeAll(a, func(writers []io.Writer) error {
				for i, w := range writers {
					if err := writeProposal(w, to.outputs[i], proposal); err != nil {
						return err
					}
				}
				return nil
			})
			if o := to.outputs[0]; err == nil && o.format == report.YAML && !o.toStdout() && proposal.HasBlanks() {
				a.Note("next: replace %s in %s, and check it with promptbench validate --suite %s", propose.Blank, o.file, o.file)
			}
			return err
		}, to.check),
	}
	cmd.ValidArgsFunction = cobra.FixedCompletions(
		[]string{"json", "jsonl", "ndjson", "csv", "tsv"}, cobra.ShellCompDirectiveFilterFileExt)
	files.add(cmd)
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.StringVar(&source.Input, "input", "", "the `field` of a record that holds the input, such as "+
			"body.question (default: found by the format of the export, else by its name)")
		flags.BoolVar(&source.SkipBroken, "skip-broken", false, "leave out lines that can't be read")
	})
	to.add(cmd, report.YAML, report.JSON)
	return cmd
}

// writeProposal writes proposed cases, unless other ones are in the file: a person may have labelled them.
func writeProposal(w io.Writer, to output, p *cases.Proposal) error {
	if to.format == report.JSON {
		data, err := p.JSON()
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	data, err := p.YAML(filepath.Dir(to.file))
	if err != nil {
		return err
	}
	return writeCases(w, to, data)
}

// writeCases writes a file of proposed cases, unless other ones are in it.
func writeCases(w io.Writer, to output, data []byte) error {
	if !to.toStdout() {
		if old, err := os.ReadFile(to.file); err == nil && len(old) > 0 && !bytes.Equal(old, data) {
			return usagef("-o %s has other cases, which may be labelled; name another file, or delete that one", to.file)
		}
	}
	_, err := w.Write(data)
	return err
}

func (a *app) casesCheckCommand() *cobra.Command {
	var (
		files  projectFlags
		to     outputFlags
		strict bool
	)
	cmd := &cobra.Command{
		Use:   "check [REVISION…]",
		Short: "Say what the cases of the suite are worth: validate --deep",
		Long: `Check does what validate --deep does: it says which inputs nearly repeat each
other or a text in a prompt, which cases always fail, flip by chance or never
tell revisions apart, which graders move together, and which types and tags have
too few cases. It makes no call. With --strict, repeated inputs are a failure.`,
		Example: `  promptbench cases check
  promptbench cases check --suite proposed.yaml
  promptbench cases check --strict`,
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			analysis, err := a.validate(ctx, o, args, true, &to)
			if err != nil || !strict {
				return err
			}
			if len(analysis.Duplicates)+len(analysis.Shown) == 0 {
				return nil
			}
			return &exitError{
				code: exitRegression, err: errors.New("--strict: inputs nearly equal each other or a text in a prompt"),
			}
		}, to.check),
	}
	files.add(cmd)
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.BoolVar(&strict, "strict", false,
			"exit with 3 if inputs nearly equal each other or a text in a prompt")
	})
	to.add(cmd, report.Text, report.JSON, report.GitHub)
	return cmd
}
