package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"promptbench/internal/model/queue"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// embeddedQueue is what --queue says for a server inside this process.
const embeddedQueue = "embedded"

// passwordEnv is the variable that holds the password of --queue-user: one on the
// command line is there for everybody to see.
const passwordEnv = "NATS_PASSWORD"

// queueFlags are the flags that say where a work queue is; they mean the same for
// a run and its workers.
type queueFlags struct {
	url                               string
	creds, nkey, user, ca, cert, ckey string
	lease                             time.Duration // of run
	given                             func() bool   // whether --queue was, if only with nothing behind it
}

func (f *queueFlags) add(cmd *cobra.Command, what string) {
	flags := cmd.Flags()
	flags.StringVar(&f.url, "queue", "", what)
	f.given = func() bool { return flags.Changed("queue") }
	flags.StringVar(&f.creds, "queue-creds", "", "the credentials `file` of the queue's user")
	flags.StringVar(&f.nkey, "queue-nkey", "", "the `file` with the seed of the queue's user")
	flags.StringVar(&f.user, "queue-user", "", "the `name` of the queue's user, whose password is in "+passwordEnv)
	flags.StringVar(&f.ca, "queue-ca", "", "a `file` with the certificates to check the queue's with")
	flags.StringVar(&f.cert, "queue-cert", "", "a `file` with this side's certificate for the queue")
	flags.StringVar(&f.ckey, "queue-key", "", "the `file` with its key")
}

func (f *queueFlags) check() error {
	switch {
	case (f.cert == "") != (f.ckey == ""):
		return usage(errors.New("--queue-cert and --queue-key go together"))
	case f.lease < 0 || f.lease > 0 && f.lease < time.Second:
		return usage(fmt.Errorf("--queue-lease is %s; it is at least 1s", f.lease))
	}
	return nil
}

// checkRun holds the flags of a run against each other.
func (f *queueFlags) checkRun(how runFlags) error {
	switch {
	case f.url == "" && f.given != nil && f.given():
		return usage(errors.New("--queue is empty; it is an address such as nats://127.0.0.1:4222, or embedded"))
	case f.url == "":
		return nil
	case how.offline:
		return usage(errors.New("--queue asks workers and --offline forbids asking; pass one of them"))
	case how.batch.on:
		return usage(errors.New("--queue has workers make the calls and --batch the provider; pass one of them"))
	}
	return f.check()
}

func (f *queueFlags) server(a *app, name string) queue.Options {
	return queue.Options{
		URL: f.url, User: f.user, Password: os.Getenv(passwordEnv), Creds: f.creds, NKey: f.nkey, CA: f.ca, Cert: f.cert, Key: f.ckey,
		Name: "promptbench " + name, Note: a.NoteText,
	}
}

// queueOptions is what a job needs to know of the queue.
func (a *app) queueOptions(f queueFlags) job.QueueOptions {
	return job.QueueOptions{Server: f.server(a, "run"), Version: release(), Lease: f.lease}
}

// withQueue begins what --queue embedded asks for: a server and a worker in this
// process. Stop ends them.
func (a *app) withQueue(ctx context.Context, p *project.Project, how *runFlags) (stop func(), err error) {
	if how.queue.url != embeddedQueue {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "promptbench-queue-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the queue: %w", err)
	}
	url, stopServer, err := startEmbedded(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	how.queue.url = url
	a.Note("the queue is at %s, as long as this runs; workers may join: promptbench worker --queue %s", url, url)
	stopWorker, err := a.workHere(ctx, p, *how)
	if err != nil {
		stopServer()
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return func() {
		stopWorker()
		stopServer()
		_ = os.RemoveAll(dir) // nobody comes back for it
	}, nil
}
