package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/model/queue"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// embeddedQueue is what --queue says for a server inside this process.
const embeddedQueue = "embedded"

// passwordEnv is the variable that holds the password of --queue-user. On the
// command line, everybody could read it.
const passwordEnv = "NATS_PASSWORD"

// queueKeyEnv is the variable that holds the key which marks what runs and workers
// put into the queue.
const queueKeyEnv = "PROMPTBENCH_QUEUE_KEY"

// queueFlags say where a work queue is. They mean the same for a run and its
// workers.
type queueFlags struct {
	url                               string
	creds, nkey, user, ca, cert, ckey string
	lease                             time.Duration // of run
}

func (f *queueFlags) add(cmd *cobra.Command, what string) {
	group(cmd, groupQueue, func(flags *pflag.FlagSet) {
		flags.StringVar(&f.url, "queue", "", what)
		flags.StringVar(&f.creds, "queue-creds", "", "the credentials `file` of the user")
		flags.StringVar(&f.nkey, "queue-nkey", "", "the `file` with the seed of the user")
		flags.StringVar(&f.user, "queue-user", "", "the `name` of the user, whose password is in "+passwordEnv)
		flags.StringVar(&f.ca, "queue-ca", "", "a `file` with the certificates that verify the server's")
		flags.StringVar(&f.cert, "queue-cert", "", "a `file` with the client certificate")
		flags.StringVar(&f.ckey, "queue-key", "", "the `file` with the key of the client certificate")
	})
}

func (f *queueFlags) check() error {
	if (f.cert == "") != (f.ckey == "") {
		return usagef("--queue-cert and --queue-key need each other; pass both")
	}
	return nil
}

// checkRun checks the flags of a run against each other.
func (f *queueFlags) checkRun(how runFlags) error {
	switch {
	case f.url == "":
		return nil
	case how.offline:
		return usagef("--queue lets workers make calls and --offline forbids calls; pass one of them")
	case f.lease < time.Second:
		return usagef("--queue-lease is %s; it must be at least 1s", f.lease)
	case f.lease > maxTimeout:
		return usagef("--queue-lease is %s; it must be at most %s", f.lease, maxTimeout)
	case how.batch.on:
		return usagef("--queue lets workers make the calls and --batch the provider; pass one of them")
	}
	return f.check()
}

func (f *queueFlags) server(a *app, name string) queue.Options {
	return queue.Options{
		URL: f.url, User: f.user, Password: os.Getenv(passwordEnv), Creds: f.creds, NKey: f.nkey,
		CA: f.ca, Cert: f.cert, Key: f.ckey, Name: "promptbench " + name, Note: a.NoteText,
		Secret: os.Getenv(queueKeyEnv),
	}
}

// queueOptions returns what a job needs to know of the queue.
func (a *app) queueOptions(f queueFlags) job.QueueOptions {
	return job.QueueOptions{Server: f.server(a, "run"), Version: build(), Lease: f.lease}
}

// withQueue starts a server and a worker in this process for --queue embedded. Stop
// ends them.
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
	a.Note("the queue is at %[1]s until this run ends; workers may join: promptbench worker --queue %[1]s", url)
	stopWorker, err := a.workHere(ctx, p, *how)
	if err != nil {
		stopServer()
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return func() {
		stopWorker()
		stopServer()
		_ = os.RemoveAll(dir)
	}, nil
}
