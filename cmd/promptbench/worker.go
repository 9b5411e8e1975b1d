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
		Long: `Worker takes calls out of a work queue, makes them, and puts the replies back,
for every run whose model it has: an entry of its own config, or what --base-url
and --model say. Keys, addresses and headers are its own; no message holds any.
It grades nothing and writes no run file. An interrupt lets it finish the calls
that it is making.`,
		Example: `  promptbench worker --queue nats://queue.example.com:4222 --queue-creds w.creds
  promptbench worker --queue nats://10.0.0.1 --base-url http://127.0.0.1:8080/v1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case where.url == "" || where.url == embeddedQueue:
				return usage(errors.New("--queue says where the work is, such as nats://127.0.0.1:4222"))
			case calls < 1:
				return usage(fmt.Errorf("--concurrency is %d; it is at least 1", calls))
			}
			if err := where.check(); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			p, err := project.Settings(o)
			if err != nil {
				return err
			}
			return a.work(cmd.Context(), p, where, calls)
		},
	}
	files.cmd = cmd
	flags := cmd.Flags()
	flags.StringVar(&files.config, "config", "", "the config `file` (default promptbench.yaml, if it exists)")
	flags.StringVar(&files.baseURL, "base-url", "", "the `URL` of an OpenAI-compatible API, in place of the config's models")
	flags.StringVar(&files.model, "model", "", "with --base-url: take calls of the model with this `id` only")
	flags.IntVar(&calls, "concurrency", model.DefaultConcurrency, "at most `n` calls at once")
	where.add(cmd, "where the work is: the `URL` of a NATS server with JetStream, such as nats://127.0.0.1:4222")
	return cmd
}

// work makes calls until it is interrupted.
func (a *app) work(ctx context.Context, p *project.Project, where queueFlags, calls int) error {
	ctx, stop, release := session.Interruptible(ctx, &a.Console, "")
	defer release()
	name := workerName()
	connection, err := queue.Connect(where.server(a, "worker "+name))
	if err != nil {
		return err
	}
	defer connection.Close()
	w := a.worker(p, connection, name, calls)
	a.Note("worker %s waits for work, at most %s at once", name, wording.Count(calls, "call"))
	reporting, quiet := context.WithCancel(ctx)
	go a.reportWork(reporting, w)
	err = w.Run(ctx, stop)
	quiet()
	a.Note("%s", worked(w.Tally()))
	return err
}

// betweenReports is how often a worker says what it does.
const betweenReports = time.Minute

// reportWork says now and then what a worker has done, as long as it does
// something.
func (a *app) reportWork(ctx context.Context, w *queue.Worker) {
	ticker := time.NewTicker(betweenReports)
	defer ticker.Stop()
	said := queue.Tally{}
	for {
		select {
		case <-ticker.C:
			if now := w.Tally(); now != said {
				said = now
				a.Note("%s, %d under way", worked(now), now.Under)
			}
		case <-ctx.Done():
			return
		}
	}
}

func worked(t queue.Tally) string {
	return fmt.Sprintf("%s answered, %d failed", wording.Count(t.Answered, "call"), t.Failed)
}

func (a *app) worker(p *project.Project, c *queue.Connection, name string, calls int) *queue.Worker {
	return &queue.Worker{
		Connection: c, Name: name, Version: release(), Calls: calls,
		Serve: func(endpoint, id string, timeout time.Duration) (model.Model, error) {
			return p.Served(endpoint, id, timeout)
		},
	}
}

// workHere is a worker inside a process that runs.
func (a *app) workHere(ctx context.Context, p *project.Project, how runFlags) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // an interrupt is for the run, which finishes its calls
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
