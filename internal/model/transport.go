package model

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody is how much of an answer is read. A reply of a few thousand tokens
// is some 20 KiB.
const maxBody = 8 << 20

var errTooLarge = errors.New("the answer is larger than 8 MiB")

// An exchange is one attempt on the wire: what is sent, and what came back.
type exchange struct {
	body []byte // the wire body

	path     string
	status   int // 0 until there is an answer
	header   http.Header
	received []byte
	readErr  error // the answer was cut
}

type exchangeKey struct{}

// A doer is the HTTP client that go-openai calls. It replaces the body that
// go-openai made by the wire body of the exchange in the request's context, and
// keeps the raw answer there: go-openai returns neither the headers of a failure
// nor the fields of a reply that its structs lack.
type doer struct {
	client  *http.Client
	headers map[string]string
}

// Do sends the request of one exchange and reads its answer whole.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("request without an exchange")
	}
	req.Body = io.NopCloser(bytes.NewReader(x.body))
	// The length and the rewind function still describe the replaced body.
	req.ContentLength = int64(len(x.body))
	req.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(x.body)), nil
	}
	setHeaders(req, d.headers)
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	x.status, x.header = resp.StatusCode, resp.Header
	x.received, x.readErr = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if x.readErr == nil && len(x.received) > maxBody {
		x.received, x.readErr = x.received[:maxBody], errTooLarge
	}
	if x.readErr != nil {
		return nil, x.readErr
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.received))
	return resp, nil
}

func setHeaders(req *http.Request, headers map[string]string) {
	for name, value := range headers {
		req.Header.Set(name, value)
		if strings.EqualFold(name, "Host") {
			req.Host = value // net/http ignores the header
		}
	}
}

// newHTTPClient makes a client that keeps as many idle connections as calls are
// under way: the default of two a host would open a new one for nearly every call.
// It has no timeout of its own; the attempt's context carries that.
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
		},
		// A redirect is an answer to be shown, never followed: a header that the
		// config names would go along to whichever host it points at.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}
