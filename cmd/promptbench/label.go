package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"promptbench/internal/output/report"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

// labelFlags say who labels what, and in which order.
type labelFlags struct {
	labeller, file string
	seed           uint64
	limit          int
}

func (a *app) labelCommand() *cobra.Command {
	var (
		files projectFlags
		f     labelFlags
	)
	cmd := &cobra.Command{
		Use:   "label RUN|REVISION…",
		Short: "Show replies one at a time and keep what a person says of them",
		Long: `Label shows the replies of the runs in an order that only the seed decides,
without saying which revision they are from or what a judge thinks, and asks the
rubric's questions about each. The answers are appended to cases/labels, so
quitting and going on later loses nothing. Label before any verdict of the judge
is seen.`,
		Example: `  promptbench judge label prompts/v3 prompts/v4 --labeller kim
  promptbench judge label prompts/v3 --labeller kim --limit 20`,
		Args: atLeastOne("a run file or a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.labeller == "":
				return usage(errors.New("promptbench judge label wants --labeller NAME, which stands in every label"))
			case f.limit < 0:
				return usage(fmt.Errorf("--limit is %d; it is at least 1", f.limit))
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.label(cmd.Context(), args, o, f)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.labeller, "labeller", "", "who labels, a `name`")
	flags.StringVarP(&f.file, "output", "o", "", "the label `file` (default: in labels beside the suite)")
	flags.Uint64Var(&f.seed, "seed", 1, "of the order, a whole number `n`; the same seed gives the same order")
	flags.IntVar(&f.limit, "limit", 0, "stop after answers to `n` questions (default: all)")
	return cmd
}

func (a *app) label(ctx context.Context, args []string, o project.Options, f labelFlags) (err error) {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	runs, err := fullRuns(ctx, args, o)
	if err != nil {
		return err
	}
	questions, err := job.ToLabel(p, runs, f.seed)
	if err != nil {
		return err
	}
	if f.file == "" {
		f.file = filepath.Join(p.LabelsDir(), label.FileName(p.Suite.Name, f.labeller))
	}
	labels, err := label.Read(f.file)
	if err != nil {
		return err
	}
	session := label.NewSession(p.Suite.Name, f.labeller, questions, labels)
	file, err := label.Append(f.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := a.askPerson(session, file, f.limit); err != nil {
		return err
	}
	answered, all := session.Progress()
	a.Note("%d of %s answered; %s", answered, wording.Count(all, "question"), f.file)
	return nil
}

// askPerson goes through the questions until none is left or the person has had
// enough.
func (a *app) askPerson(s *label.Session, file *label.File, limit int) error {
	keys := newKeys(a.in)
	width, clearScreen := a.Display(a.Out, false).Width, ""
	if width > 0 {
		clearScreen = "\x1b[2J\x1b[H" // one question at a time
	} else {
		width = report.DefaultWidth
	}
	for given := 0; limit == 0 || given < limit; {
		q, ok := s.Current()
		if !ok {
			_, err := fmt.Fprintln(a.Out, "Every question is answered.")
			return err
		}
		if _, err := io.WriteString(a.Out, clearScreen); err != nil {
			return err
		}
		if err := s.Show(a.Out, q, width); err != nil {
			return err
		}
		answer, undo, quit := keys.next()
		switch {
		case quit:
			return nil
		case undo:
			withdrawn, ok := s.Undo(time.Now())
			if !ok {
				continue
			}
			given = max(0, given-1)
			if err := file.Add(withdrawn); err != nil {
				return err
			}
		default:
			given++
			if err := file.Add(s.Answer(answer, time.Now())); err != nil {
				return err
			}
		}
	}
	return nil
}

// keys reads single keys: at once from a terminal, else one after another.
type keys struct {
	in   *bufio.Reader
	file *os.File // the terminal, or nil
}

func newKeys(in io.Reader) *keys {
	k := &keys{in: bufio.NewReader(in)}
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		k.file = f
	}
	return k
}

// next waits for a key that means something. The end of the input and an
// interrupt quit. The letters that a Korean keyboard has on the same keys count,
// too.
func (k *keys) next() (answer label.Answer, undo, quit bool) {
	for {
		r, err := k.read()
		if err != nil {
			return "", false, true
		}
		switch r {
		case 'y', 'Y', 'ㅛ':
			return label.Yes, false, false
		case 'n', 'N', 'ㅜ':
			return label.No, false, false
		case '?', '？':
			return label.Unsure, false, false
		case 'u', 'U', 'ㅕ':
			return "", true, false
		case 'q', 'Q', 'ㅂ', 3, 4:
			return "", false, true
		}
	}
}

func (k *keys) read() (rune, error) {
	if k.file != nil {
		before, err := term.MakeRaw(int(k.file.Fd()))
		if err != nil {
			return 0, fmt.Errorf("reading a key: %w", err)
		}
		defer term.Restore(int(k.file.Fd()), before) //nolint:errcheck // nothing is left to do about it
	}
	r, _, err := k.in.ReadRune()
	return r, err
}

// fullRuns loads the runs that arguments stand for.
func fullRuns(ctx context.Context, args []string, o project.Options) ([]*runfile.Run, error) {
	var out []*runfile.Run
	for _, arg := range args {
		run, err := loadRun(ctx, arg, o, runfile.Full)
		if err != nil {
			return nil, err
		}
		out = append(out, run)
	}
	return out, nil
}
