package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"promptbench/internal/model"
)

// How much of an answer is read, so that a server which never ends one costs little memory.
const (
	maxBody      = 8 << 20   // of a success; a reply of a few thousand tokens is about 20 KiB
	maxErrorBody = 64 << 10  // of another answer; the rest says no more
	maxHeader    = 256 << 10 // of a header
	smallBody    = 128 << 10 // is read at once; of larger bodies only a few are held at a time
	largeBodies  = 2         // of one client
)

var errTooLarge = errors.New("the answer is larger than 8 MiB")

// A Client asks one target, one attempt a call. It is safe for concurrent use.
type Client struct {
	target  model.Target
	secrets secrets
	http    *http.Client
	large   chan struct{} // one for each large body that is held
	now     func() time.Time
}

// NewClient returns a client for t. An error names what in t would make every call fail; it never quotes a secret.
//
// Proxies come from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY); an endpoint on this machine is reached
// directly.
func NewClient(t model.Target) (*Client, error) {
	return newClient(t, http.ProxyFromEnvironment)
}

func newClient(t model.Target, proxy func(*http.Request) (*url.URL, error)) (*Client, error) {
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("model %s: %w", model.Clean(t.Name, model.MaxMessage), err)
	}
	if t.Timeout <= 0 {
		t.Timeout = model.DefaultTimeout
	}
	if t.Concurrency <= 0 {
		t.Concurrency = model.DefaultConcurrency
	}
	return &Client{
		target: t, secrets: newSecrets(t), http: newHTTPClient(t.Concurrency, proxy), now: time.Now,
		large: make(chan struct{}, largeBodies),
	}, nil
}

// Target returns what the client asks, with its defaults filled in.
func (c *Client) Target() model.Target { return c.target }

// Complete makes one attempt within the target's timeout.
func (c *Client) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	call, err := c.target.API.Encode(c.target, r)
	if err != nil {
		return model.Response{}, c.Explain(&model.Error{Kind: model.KindBadRequest, Message: err.Error(), Attempts: 1})
	}
	attempt, cancel := context.WithTimeout(ctx, c.target.Timeout)
	defer cancel()
	start := c.now()
	answer, release, err := c.send(attempt, call)
	defer release()
	end := c.now()
	resp := model.Response{}
	switch {
	case err != nil && ctx.Err() != nil:
		err = model.Cancelled(ctx, 1)
	case err != nil && attempt.Err() != nil:
		err = &model.Error{Kind: model.KindTimeout, Status: answer.Status}
	case err != nil && answer.Status == 0:
		err = Unreachable(err)
	case err != nil && answer.Status < 300:
		err = &model.Error{Kind: model.KindMalformed, Status: answer.Status, Message: unreadable(err)}
	default: // an error status with a cut body is still that error
		answer.At = end
		resp, err = c.Decode(answer)
		resp.Latency, resp.At, resp.Attempts = end.Sub(start), end.UTC(), 1
	}
	failure, failed := errors.AsType[*model.Error](err)
	if !failed {
		return resp, err
	}
	failure.Attempts = 1
	return model.Response{}, c.Explain(failure)
}

// send makes an HTTP request and reads its answer whole. With an error, the answer is what has come until then. The
// caller calls release when it needs the body no more.
func (c *Client) send(ctx context.Context, call model.Call) (_ model.Answer, release func(), err error) {
	release = func() {}
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL, bytes.NewReader(call.Wire()))
	if err != nil {
		return model.Answer{}, release, err
	}
	req.Header = call.Header
	SetHeaders(req, c.target)
	resp, err := c.http.Do(req)
	if err != nil {
		return model.Answer{}, release, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer := model.Answer{Status: resp.StatusCode, Header: resp.Header}
	if answer.Status >= 300 {
		answer.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		return answer, release, err
	}
	answer.Body, err = io.ReadAll(io.LimitReader(resp.Body, smallBody))
	if err != nil || len(answer.Body) < smallBody {
		return answer, release, err
	}
	select {
	case c.large <- struct{}{}:
		release = func() { <-c.large }
	case <-ctx.Done():
		return answer, release, ctx.Err()
	}
	rest, err := io.ReadAll(io.LimitReader(resp.Body, maxBody-smallBody+1))
	if err == nil && smallBody+len(rest) > maxBody {
		return answer, release, errTooLarge
	}
	answer.Body = append(answer.Body, rest...)
	return answer, release, err
}

// Decode returns the response in an answer of the target, or an [*model.Error]. No secret is in either.
func (c *Client) Decode(a model.Answer) (model.Response, error) {
	if a.Status >= 300 && a.Status < 400 {
		return model.Response{}, c.Explain(redirected(a))
	}
	resp, err := c.target.API.Decode(a)
	if failure, failed := errors.AsType[*model.Error](err); failed {
		return model.Response{}, c.Explain(failure)
	}
	for i := range resp.ToolCalls {
		call := &resp.ToolCalls[i]
		call.Name = model.Clean(c.secrets.replies.redact(call.Name), model.MaxMessage)
		call.Arguments = c.secrets.replies.redact(call.Arguments)
		call.Signature = c.secrets.replies.redact(call.Signature)
	}
	resp.Reply, resp.Thinking = c.secrets.replies.redact(resp.Reply), c.secrets.replies.redact(resp.Thinking)
	resp.FinishReason = c.secrets.clean(resp.FinishReason, maxWord)
	resp.ResponseModel = c.secrets.clean(resp.ResponseModel, model.MaxMessage)
	return resp, err
}

// maxWord is how much is kept of what should be a single word.
const maxWord = 64

// Explain adds what the message for people names, and makes the rest safe.
func (c *Client) Explain(e *model.Error) *model.Error {
	e.Message = c.Clean(e.Message)
	e.Code, e.Param = c.secrets.clean(e.Code, maxWord), c.secrets.clean(e.Param, maxWord)
	e.BaseURL, e.Model, e.Timeout = c.target.Address(), c.target.ID, c.target.Timeout
	if kind := c.target.API.Kind(); kind != "chat.completions" {
		e.API = kind
	}
	if c.target.APIKey != "" {
		e.KeyEnv = c.target.KeyName()
	}
	return e
}

// Clean makes a text of the server fit for a message, without the target's secrets and hidden parts.
func (c *Client) Clean(text string) string {
	for _, hidden := range c.target.Hidden {
		text = strings.ReplaceAll(text, hidden, model.Redacted)
	}
	return c.secrets.clean(text, model.MaxMessage)
}

// SetHeaders adds the headers that the target names.
func SetHeaders(req *http.Request, t model.Target) {
	for name, value := range t.Headers {
		req.Header.Set(name, value)
		if strings.EqualFold(name, "Host") {
			req.Host = value // net/http ignores the header
		}
	}
}

// NewHTTPClient makes the client that [Client] uses, for a connection or more to one host at a time.
func NewHTTPClient(concurrency int) *http.Client {
	return newHTTPClient(concurrency, http.ProxyFromEnvironment)
}

// newHTTPClient makes a client that keeps as many idle connections as calls are under way: the default of two a host
// would open a new one for nearly every call. It has no timeout of its own; the attempt's context carries that.
func newHTTPClient(concurrency int, proxy func(*http.Request) (*url.URL, error)) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 proxy,
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          concurrency,
			MaxIdleConnsPerHost:   concurrency,
			IdleConnTimeout:       90 * time.Second,
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,

			MaxResponseHeaderBytes: maxHeader,
		},
		// A redirect is an answer to be shown, never followed: a header that the config names would go along to whichever
		// host it points at.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
