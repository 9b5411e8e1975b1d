package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A printing says how the results of runs are printed, and when a result is a
// failure.
type printing struct {
	result outputFlags
	judged verdictFlags
	all    bool
	brief  bool
	link   string

	variants bool            // several models are named: the runs are variants of one result
	baseline string          // the run to compare with; empty: the first one
	confirm  bool            // on an alarm, run again and pool
	narrow   suite.Selection // cases of a recorded run, none for all
	sealing  *suite.Suite    // its sealed cases are left out of a recorded run; nil: none
	pool     bool            // take fresh repeats of the revisions as further trials
	noise    bool            // the runs are of one revision
	calls    bool            // the command made the runs
}

// addPool adds the flag that pools runs.
func (p *printing) addPool(cmd *cobra.Command) {
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.BoolVar(&p.pool, "pool", false, "compare all fresh runs of each revision on the suite, as trials")
	})
}

// add adds the flags that say what is printed of a result, how and where to.
func (p *printing) add(cmd *cobra.Command) {
	p.result.several = true
	p.result.add(cmd, report.Formats()...)
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.BoolVar(&p.all, "all", false, "list every case, not only the first that fail or changed")
		flags.BoolVar(&p.brief, "brief", false, "leave out the types and the cases")
		flags.StringVar(&p.link, "link", "", "in Markdown, link to the HTML report at this `URL`")
	})
}

func (p *printing) check() error {
	if p.all && p.brief {
		return usagef("--all lists every case and --brief none; pass one of them")
	}
	return errors.Join(p.judged.check(), p.result.check())
}

func (p *printing) display(a *app, w io.Writer) report.Options {
	o := a.Display(w, p.all)
	o.Brief, o.Link, o.Calls = p.brief, p.link, p.calls
	return o
}

// detail returns how much of a run the formats need.
func (p *printing) detail() runfile.Detail {
	d := runfile.Scores
	for _, o := range p.result.outputs {
		d = max(d, report.Detail(o.format))
	}
	return d
}

// write prints results in every format.
func (p *printing) write(a *app, printTo func(report.Renderer) error) error {
	return p.result.writeAll(a, func(to []io.Writer) error {
		var every renderers
		for i, o := range p.result.outputs {
			r, err := report.New(o.format, to[i], p.display(a, to[i]))
			if err != nil {
				return err
			}
			every = append(every, r)
		}
		err := printTo(append(every, headline{&a.status}))
		if _, verdict := errors.AsType[*exitError](err); err != nil && !verdict {
			return err
		}
		if closeErr := every.Close(); closeErr != nil {
			return closeErr
		}
		return err
	})
}

// renderers are several renderers as one.
type renderers []report.Renderer

func (rs renderers) Run(r report.Run) error {
	return rs.each(func(one report.Renderer) error { return one.Run(r) })
}

func (rs renderers) Pair(p report.Pair) error {
	return rs.each(func(one report.Renderer) error { return one.Pair(p) })
}

func (rs renderers) Variants(v report.Variants) error {
	return rs.each(func(one report.Renderer) error { return one.Variants(v) })
}

func (rs renderers) Close() error { return rs.each(report.Renderer.Close) }

func (rs renderers) each(do func(report.Renderer) error) error {
	for _, r := range rs {
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// printRuns prints one run as a summary, several as comparisons with the first,
// and returns the exit code that they ask for.
func printRuns(ctx context.Context, to report.Renderer, p *project.Project, paths []string, how printing) error {
	if len(paths) > 1 {
		return printPairs(ctx, to, result.NewBase(p, paths[0], result.Pairing{
			Detail: how.detail(), AsRecorded: true, Noise: how.noise, Variants: how.variants, Pool: how.pool,
		}), paths[1:], how, nil)
	}
	r, err := result.Load(p, paths[0], how.detail(), how.narrow, how.sealing)
	if err != nil {
		return err
	}
	o := outcome{flags: how.judged, missed: summary.Missed(r.Summary.Gates)}
	o.addRun(r.Summary.Status, r.Summary.Errors)
	if err := to.Run(r); err != nil {
		return err
	}
	return o.err()
}

// printPairs prints comparisons with one base, and returns the exit code that they
// ask for. Ask, which may be nil, is called with each pair before it is printed.
func printPairs(
	ctx context.Context, to report.Renderer, base *result.Base, heads []string, how printing, ask func(report.Pair) error,
) error {
	o := outcome{flags: how.judged}
	if ask == nil {
		ask = func(report.Pair) error { return nil }
	}
	if how.variants {
		v, err := base.Variants(ctx, heads, ask)
		if err != nil {
			return err
		}
		for _, c := range v.Comparisons {
			o.addComparison(c)
		}
		if err := to.Variants(v); err != nil {
			return err
		}
		return o.err()
	}
	pairs, list := make([]report.Pair, len(heads)), make([]*compare.Comparison, len(heads))
	for i, head := range heads {
		pair, err := base.Compare(ctx, head)
		if err == nil {
			err = ask(pair)
		}
		if err != nil {
			return err
		}
		pairs[i], list[i] = pair, pair.Comparison
	}
	if len(list) > 1 { // the best of several is partly the luckiest
		compare.Together(list)
	}
	for _, pair := range pairs {
		o.addComparison(pair.Comparison)
		if err := to.Pair(pair); err != nil {
			return err
		}
	}
	return o.err()
}
