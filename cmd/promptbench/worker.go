package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"promptbench/internal/model"
	"promptbench/internal/model/queue"
	"promptbench/internal/run/project"
	"promptbench/internal/run/session"
	"promptbench/internal/text/wording"
)

func (a *app) workerCommand() *cobra.Command {
	var (
		files projectFlags
		where queueFlags
		calls int
	)
	cmd := &cobra.Command{
		Use:   "worker --queue URL",
		Short: "Make the calls of runs on other machines",
		Long: `Worker takes calls from a work queue, makes them, and sends the replies back.
It serves every run whose model it has: in its own config, or by --base-url and
--model. It refuses calls that ask for more than a reply in words. Keys,
addresses and headers are its own; no message holds any. It grades nothing and
writes no run file. An interrupt lets it finish its calls.`,
		Example: `  promptbench worker --queue nats://queue.example.com:4222 --queue-creds w.creds
  promptbench worker --queue nats://10.0.0.1 --base-url http://127.0.0.1:8080/v1`,
		Args: cobra.NoArgs,
		RunE: files.then(func(ctx context.Context, o project.Options, _ []string) error {
			p, err := project.Settings(o)
			if err != nil {
				return err
			}
			return a.work(ctx, p, where, calls)
		}, func() error {
			if where.url == "" || where.url == embeddedQueue {
				return usagef("--queue is missing; pass the address of the work queue, such as nats://127.0.0.1:4222")
			}
			return errors.Join(checkCount("concurrency", calls), where.check())
		}),
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&files.models, "model", nil,
		"take only calls of this model: the `id` of one at --base-url, a name in the config, or ENDPOINT:ID "+
			"such as openai:ID")
	flags.IntVar(&calls, "concurrency", model.DefaultConcurrency, "at most `n` calls in flight")
	files.addConfig(flags)
	files.addBaseURL(flags)
	where.add(cmd, "the `URL` of a NATS server with JetStream, such as nats://127.0.0.1:4222")
	return cmd
}

// work makes calls until it is interrupted.
func (a *app) work(ctx context.Context, p *project.Project, where queueFlags, calls int) error {
	ctx, stop, release := session.Interruptible(ctx, &a.Console, "")
	defer release()
	name := workerName()
	at := where.server(a, "worker "+name)
	at.Patience = workerPatience
	connection, err := queue.Connect(at)
	if err != nil {
		return err
	}
	defer connection.Close()
	w := a.worker(p, connection, name, calls)
	a.Note("worker %s waits for work, at most %s in flight", name, wording.Count(calls, "call"))
	reporting, cancel := context.WithCancel(ctx)
	go a.reportWork(reporting, w)
	err = w.Run(ctx, stop)
	cancel()
	a.Note("%s", workText(w.Tally()))
	return err
}

// workerPatience is how long a worker waits for a queue that is away. It costs
// nothing, and a run has most likely given up by then.
const workerPatience = 10 * time.Minute

// betweenReports is how often a worker reports.
const betweenReports = time.Minute

// reportWork reports at intervals what a worker has done, if that is anything new.
func (a *app) reportWork(ctx context.Context, w *queue.Worker) {
	ticker := time.NewTicker(betweenReports)
	defer ticker.Stop()
	last := queue.Tally{}
	for {
		select {
		case <-ticker.C:
			if now := w.Tally(); now != last {
				last = now
				a.Note("%s, %d in flight", workText(now), now.Under)
			}
		case <-ctx.Done():
			return
		}
	}
}

func workText(t queue.Tally) string {
	return fmt.Sprintf("%s answered, %d failed", wording.Count(t.Answered, "call"), t.Failed)
}

func (a *app) worker(p *project.Project, c *queue.Connection, name string, calls int) *queue.Worker {
	return &queue.Worker{
		Connection: c, Name: name, Version: build(), Calls: calls,
		Serve: func(s queue.Spec) (model.Model, error) { return p.Served(s.API, s.Endpoint, s.Model, s.Timeout) },
	}
}

// workHere is a worker inside a process that runs.
func (a *app) workHere(ctx context.Context, p *project.Project, how runFlags) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // an interrupt is for the run
	connection, err := queue.Connect(how.queue.server(a, "worker"))
	if err != nil {
		cancel()
		return nil, err
	}
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		if err := a.worker(p, connection, workerName(), how.concurrency).Run(ctx, stopped); err != nil {
			a.NoteText(err.Error())
		}
	}()
	return func() {
		close(stopped)
		<-ended
		cancel()
		connection.Close()
	}, nil
}

// workerName tells workers apart: host and process.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}
