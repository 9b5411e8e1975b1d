package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/model/batch"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// batchFlags are the flags of a run that uses the provider's batch API.
type batchFlags struct {
	on, detach, cancel bool
	size               int
}

func (f *batchFlags) add(cmd *cobra.Command) {
	group(cmd, groupBatch, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.on, "batch", false,
			"use the provider's batch API: a lower price, results within a day; run again to collect them")
		flags.BoolVar(&f.detach, "detach", false, "with --batch: submit and return; the same command without it collects")
		flags.BoolVar(&f.cancel, "cancel", false, "with --batch: cancel what was submitted and is not done")
		flags.IntVar(&f.size, "batch-size", batch.MaxRequests, "with --batch: at most `n` requests in one batch")
	})
}

func (f *batchFlags) check(how runFlags) error {
	switch {
	case !f.on && f.detach:
		return usagef("--detach needs --batch")
	case !f.on && f.cancel:
		return usagef("--cancel needs --batch")
	case f.detach && f.cancel:
		return usagef("--detach submits requests and --cancel cancels them; pass one of them")
	case f.size < 1 || f.size > batch.MaxRequests:
		return usagef("--batch-size is %d; it must be from 1 to %d", f.size, batch.MaxRequests)
	case !f.on:
		return nil
	case how.offline:
		return usagef("--batch calls the provider and --offline forbids calls; pass one of them")
	case how.job().MaxCost != nil:
		return usagef("--max-cost does not work with --batch: tokens are known only when a batch is done; " +
			"use plan --batch and --max-calls")
	case f.cancel && how.fresh:
		return usagef("--cancel cancels what earlier runs submitted, which --fresh ignores; pass one of them")
	}
	return nil
}

// printWaiting says which batches are to be collected.
func (a *app) printWaiting(w io.Writer, batches *job.Batches) error {
	var b strings.Builder
	batches.Waiting(func(name string, waiting []batch.Waiting) {
		name = textsafe.Cell(name)
		n := 0
		for _, one := range waiting {
			n += one.Requests
		}
		if n == 0 {
			fmt.Fprintf(&b, "%s: every reply is recorded, nothing is submitted\n", name)
			return
		}
		fmt.Fprintf(&b, "%s: %s submitted; run it again with --batch and without --fresh to collect the replies\n",
			name, wording.Count(n, "request"))
		for _, one := range waiting {
			fmt.Fprintf(&b, "  %s  %s\n", textsafe.Cell(one.Batch), wording.Count(one.Requests, "request"))
		}
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// cancelBatches cancels what earlier runs of the revisions have submitted.
func (a *app) cancelBatches(ctx context.Context, p *project.Project, r job.Options) error {
	cancelled, err := job.CancelBatches(ctx, p, r)
	var b strings.Builder
	for _, c := range cancelled {
		status := strings.ReplaceAll(c.Status, "_", " ")
		if c.Was == c.Status {
			status += " before"
		}
		fmt.Fprintf(&b, "%s  %s, %d of %d requests done\n", textsafe.Cell(c.ID), textsafe.Cell(status), c.Completed, c.Total)
	}
	if len(cancelled) == 0 && err == nil {
		b.WriteString("nothing is submitted\n")
	}
	_, writeErr := io.WriteString(a.Out, b.String())
	return errors.Join(err, writeErr)
}

// leaving is what an interrupt says while batches are waited for: it ends the run
// at once, as there are no calls to finish.
func leaving(fresh bool) string {
	again := "with --batch"
	if fresh {
		again = "with --batch and without --fresh"
	}
	return fmt.Sprintf("stopping: the batches go on; run it again %s to collect them, "+
		"or with --batch --cancel to cancel them", again)
}
