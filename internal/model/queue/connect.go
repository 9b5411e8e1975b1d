package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

// Options say where the server is and who connects. A password never reaches an error or a note.
type Options struct {
	URL      string // nats://host:4222, tls://…; several with commas between; may hold user and password
	User     string
	Password string
	Creds    string // file with a JWT and its seed
	NKey     string // file with a seed
	CA       string // file with the certificates that the server's is to be checked with
	Cert     string // file with a client's certificate, and
	Key      string // its key
	Name     string // what the server's monitoring calls the connection

	// Secret is the key that marks items and replies, the same for runs and workers; empty for none. With one, a client
	// that can only write to the server can neither have calls made nor forge replies.
	Secret string
	// Patience is how long the server may be away, or store nothing, before it is lost for good; 0 for [DefaultPatience].
	Patience time.Duration

	// Note tells a person what happens; may be nil.
	Note func(string)
}

// DefaultPatience is how long a server may be away.
const DefaultPatience = 2 * time.Minute

// A Connection is a connection to a server with JetStream. It reconnects until the server's patience is over.
type Connection struct {
	nats *nats.Conn
	js   jetstream.JetStream
	note func(string)
	at   string // where, for messages

	closed chan struct{} // closed when it is lost for good

	key      []byte
	patience time.Duration

	mu        sync.Mutex
	away      *time.Timer // ends the connection; nil while there is one
	complaint time.Time   // when the last note said that the server stores nothing
}

// Connect connects to a server.
func Connect(o Options) (*Connection, error) {
	c := &Connection{
		note: o.Note, closed: make(chan struct{}), key: []byte(o.Secret), patience: cmp.Or(o.Patience, DefaultPatience),
	}
	if err := checkKey(c.key); err != nil {
		return nil, err
	}
	if c.note == nil {
		c.note = func(string) {}
	}
	options, err := o.nats(c)
	if err != nil {
		return nil, err
	}
	if c.nats, err = nats.Connect(o.URL, options...); err != nil {
		return nil, fmt.Errorf("connecting to the queue at %s: %w%s", c.at, err, hint(err))
	}
	if err = checkVersion(c.nats.ConnectedServerVersion()); err != nil {
		c.Close()
		return nil, fmt.Errorf("the queue at %s: %w", c.at, err)
	}
	if c.js, err = jetstream.New(c.nats); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// checkVersion refuses servers whose consumers have no metadata.
func checkVersion(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d.", &major, &minor); err != nil {
		return nil //nolint:nilerr // a version of another kind may well be a later one
	}
	if major < 2 || major == 2 && minor < 10 {
		return fmt.Errorf("its version is %s, and 2.10 or later is needed", version)
	}
	return nil
}

func hint(err error) string {
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return "; is the server running? docs/scale.md says how to start one"
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		return "; check --queue-creds, or the user and the password"
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabled),
		errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return "; start the server with -js, and let the account use it"
	}
	return ""
}

// nats are the options as the client takes them.
func (o Options) nats(c *Connection) ([]nats.Option, error) {
	var hosts []string
	for one := range strings.SplitSeq(o.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return nil, errors.New("the address of the queue is none; write it like nats://127.0.0.1:4222")
		}
		hosts = append(hosts, u.Scheme+"://"+u.Host)
	}
	c.at = strings.Join(hosts, ",")
	options := []nats.Option{
		nats.Name(o.Name), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, time.Second),
		nats.ReconnectBufSize(-1), // what can't be sent fails, and its sender tries again
		nats.PingInterval(10 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.note(fmt.Sprintf("the queue at %s is lost (%v); connecting again for %s", c.at, err, c.patience))
				c.limit(true)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			c.limit(false)
			c.note(fmt.Sprintf("connected to the queue at %s again", c.at))
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(c.closed) }),
		// By default they are printed. Calls return the errors that matter, except what the server forbids: that it does not
		// answer.
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrPermissionViolation) {
				c.note(fmt.Sprintf("the queue at %s: %v", c.at, err))
			}
		}),
	}
	if o.User != "" {
		// Nobody else's answers, where the server limits subscriptions to it.
		options = append(options, nats.CustomInboxPrefix(inboxOf(o.User)))
		options = append(options, nats.UserInfo(o.User, o.Password))
	}
	if o.Creds != "" {
		options = append(options, nats.UserCredentials(o.Creds))
	}
	if o.NKey != "" {
		option, err := nats.NkeyOptionFromSeed(o.NKey)
		if err != nil {
			return nil, fmt.Errorf("reading the seed of the queue's user: %w", err)
		}
		options = append(options, option)
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if o.Cert != "" || o.Key != "" {
		options = append(options, nats.ClientCert(o.Cert, o.Key))
	}
	return options, nil
}

// inboxOf is where a user gets its answers.
func inboxOf(user string) string {
	return "_INBOX_" + strings.Map(func(r rune) rune {
		if strings.ContainsRune(".*> \t", r) {
			return '_'
		}
		return r
	}, user)
}

// limit begins to count how long the server is away, or ends that.
func (c *Connection) limit(isAway bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away != nil {
		c.away.Stop()
		c.away = nil
	}
	if isAway {
		c.away = time.AfterFunc(c.patience, c.Close)
	}
}

// Close ends the connection.
func (c *Connection) Close() { c.nats.Close() }

// ensure makes the streams and the bucket where they are missing. Those that an operator made stay as they are.
func (c *Connection) ensure(ctx context.Context) error {
	for _, s := range []struct {
		name, subjects, what string
		retention            jetstream.RetentionPolicy
	}{
		{workStream, workPrefix + ">", "calls to be made", jetstream.WorkQueuePolicy},
		{replyStream, replyPrefix + ">", "replies to be stored", jetstream.WorkQueuePolicy},
		{largeWorkStream, largePrefix + "work.>", "parts of large calls", jetstream.LimitsPolicy},
		{largeReplyStream, largePrefix + "reply.>", "parts of large replies", jetstream.LimitsPolicy},
	} {
		found, err := c.js.Stream(ctx, s.name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			found, err = c.create(ctx, jetstream.StreamConfig{
				Name: s.name, Description: s.what, Subjects: []string{s.subjects},
				Retention: s.retention, Storage: jetstream.FileStorage, MaxAge: maxAge,
			})
		}
		if err != nil {
			return fmt.Errorf("making the stream %s at %s: %w%s", s.name, c.at, err, hint(err))
		}
		if found.CachedInfo().Config.Retention != s.retention {
			return fmt.Errorf("the stream %s at %s has another retention policy; delete it, and it is made anew", s.name, c.at)
		}
	}
	return nil
}

func (c *Connection) create(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	config.Replicas = c.replicas()
	s, err := c.js.CreateStream(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // somebody was quicker
		return c.js.Stream(ctx, config.Name)
	}
	return s, err
}

// replicas returns how many servers keep a stream: three in a cluster that has so many, so that one of them may be
// lost.
func (c *Connection) replicas() int {
	if c.nats.ConnectedClusterName() != "" && len(c.nats.Servers()) >= 3 {
		return 3
	}
	return 1
}

// publishWithin is how long a server may take to store a message, before it is sent again. A message that was stored
// all the same is known by its id.
const publishWithin = 5 * time.Second

// publish stores a message in a stream. It tries until ctx ends or the patience with the server.
func (c *Connection) publish(ctx context.Context, m *nats.Msg, id string) error {
	start := time.Now()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		attempt, cancel := context.WithTimeout(ctx, publishWithin)
		_, err := c.js.PublishMsg(attempt, m, jetstream.WithMsgID(id), jetstream.WithRetryAttempts(0))
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case c.nats.IsClosed(), time.Since(start) > c.patience:
			return fmt.Errorf("publishing to the queue: %w", err)
		case errors.Is(err, nats.ErrMaxPayload):
			return fmt.Errorf("publishing %d bytes to the queue: %w", len(m.Data), err)
		case errors.Is(err, jetstream.ErrNoStreamResponse) && c.nats.IsConnected():
			_ = c.ensure(ctx) // a server that lost its disk; else the next attempt fails as well
		default:
			c.complain(err)
		}
		if err := model.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// complainEvery is how often a note says that the server stores nothing.
const complainEvery = time.Minute

// complain notes why the server does not store a message, where it gives a reason: its disk or a stream is full.
func (c *Connection) complain(err error) {
	refusal, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return
	}
	c.mu.Lock()
	quiet := time.Since(c.complaint) < complainEvery
	if !quiet {
		c.complaint = time.Now()
	}
	c.mu.Unlock()
	if !quiet {
		c.note(fmt.Sprintf("the queue at %s stores nothing: %s; trying again", c.at, refusal.Description))
	}
}
