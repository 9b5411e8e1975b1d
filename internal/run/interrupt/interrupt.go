// Package interrupt names the signals that end a command cleanly, and keeps a reader
// that goes away from ending it in another way.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Signals are those that end a command as Ctrl-C does: also the end of its terminal, and
// Ctrl-\. The last two are left out where they are ignored, as nohup has it.
func Signals() []os.Signal {
	out := []os.Signal{os.Interrupt, syscall.SIGTERM}
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) {
			out = append(out, s)
		}
	}
	return out
}

// Context returns a context that such a signal ends, and what gives the signals back.
func Context(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, Signals()...)
}

// KeepWriting turns what a write to a closed pipe does on the output streams, which is to
// end the process, into an error of the write, until release is called.
func KeepWriting() (release func()) {
	if signal.Ignored(syscall.SIGPIPE) {
		return func() {}
	}
	signal.Ignore(syscall.SIGPIPE)
	return func() { signal.Reset(syscall.SIGPIPE) }
}
