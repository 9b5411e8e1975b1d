package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// The limits of one batch at OpenAI, https://platform.openai.com/docs/guides/batch.
const (
	MaxBatchRequests = 50_000
	MaxBatchBytes    = 200_000_000
)

// transferTimeout bounds one upload or download of a file of 200 MB.
const transferTimeout = 20 * time.Minute

// A BatchClient hands requests in to one target as batches, through OpenAI's
// Files and Batch API, and reads what came back. Its methods try again what may
// succeed later, but for [BatchClient.Create], which must not happen twice; they
// are safe for concurrent use. Their errors are an [*Error].
type BatchClient struct {
	client *Client // reads replies and errors, as it does those of single calls
	api    *openai.Client
	policy Policy
}

// NewBatchClient returns a client for t, of which an error names what would make
// every call fail.
func NewBatchClient(t Target) (*BatchClient, error) { return newBatchClient(t, Policy{}) }

func newBatchClient(t Target, p Policy) (*BatchClient, error) {
	client, err := NewClient(t)
	if err != nil {
		return nil, err
	}
	t = client.target
	config := openai.DefaultConfig(string(t.APIKey))
	if t.APIVersion != "" {
		config = openai.DefaultAzureConfig(string(t.APIKey), t.base())
		config.APIVersion = t.APIVersion
	}
	config.BaseURL = t.base()
	config.HTTPClient = &fileDoer{client: newHTTPClient(1, http.ProxyFromEnvironment), headers: t.Headers}
	return &BatchClient{client: client, api: openai.NewClientWithConfig(config), policy: p.withDefaults()}, nil
}

// Upload uploads the request file at path, whose lines [BatchLine] made, and
// returns the endpoint's id of it.
func (c *BatchClient) Upload(ctx context.Context, path string) (fileID string, err error) {
	var file openai.File
	err = c.try(ctx, transferTimeout, func(ctx context.Context) error {
		var err error
		file, err = c.api.CreateFile(ctx, openai.FileRequest{FileName: filepath.Base(path), FilePath: path, Purpose: string(openai.PurposeBatch)})
		if err == nil && file.ID == "" {
			err = errNoID
		}
		return err
	})
	return file.ID, err
}

// errNoID says that an answer of the endpoint lacks what every one has.
var errNoID = errors.New("it has no id")

// Create makes a batch of an uploaded file. It makes one attempt: where the
// error leaves it open whether the batch was made, see [Error.Unclear], only
// [BatchClient.Find] can tell.
func (c *BatchClient) Create(ctx context.Context, fileID string, metadata map[string]string) (Batch, error) {
	var made openai.BatchResponse
	labels := make(map[string]any, len(metadata))
	for name, value := range metadata {
		labels[name] = value
	}
	err := c.once(ctx, c.client.target.Timeout, func(ctx context.Context) error {
		var err error
		made, err = c.api.CreateBatch(ctx, openai.CreateBatchRequest{
			InputFileID: fileID, Endpoint: openai.BatchEndpointChatCompletions, CompletionWindow: "24h", Metadata: labels,
		})
		if err == nil && made.ID == "" {
			err = errNoID
		}
		return err
	})
	return c.batch(made.Batch), err
}

// Get returns the batch with an id.
func (c *BatchClient) Get(ctx context.Context, id string) (Batch, error) {
	return c.one(ctx, func(ctx context.Context) (openai.BatchResponse, error) { return c.api.RetrieveBatch(ctx, id) })
}

// Cancel has the endpoint stop the batch with an id, which may take minutes. What
// is done of it stays available.
func (c *BatchClient) Cancel(ctx context.Context, id string) (Batch, error) {
	return c.one(ctx, func(ctx context.Context) (openai.BatchResponse, error) { return c.api.CancelBatch(ctx, id) })
}

func (c *BatchClient) one(ctx context.Context, call func(context.Context) (openai.BatchResponse, error)) (Batch, error) {
	var got openai.BatchResponse
	err := c.try(ctx, c.client.target.Timeout, func(ctx context.Context) error {
		var err error
		if got, err = call(ctx); err == nil && got.ID == "" {
			err = errNoID
		}
		return err
	})
	return c.batch(got.Batch), err
}

// Find looks for a batch by a label that it was made with. It reads the
// endpoint's list of batches, newest first, back to the moment since.
func (c *BatchClient) Find(ctx context.Context, label, value string, since time.Time) (found Batch, ok bool, err error) {
	limit := 100
	var after *string
	for {
		var page openai.ListBatchResponse
		err := c.try(ctx, c.client.target.Timeout, func(ctx context.Context) error {
			var err error
			page, err = c.api.ListBatch(ctx, after, &limit)
			return err
		})
		if err != nil {
			return Batch{}, false, err
		}
		for i := range page.Data {
			b := c.batch(page.Data[i])
			if b.Labels[label] == value {
				return b, true, nil
			}
			if b.Created.Before(since) {
				return Batch{}, false, nil
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return Batch{}, false, nil
		}
		after = &page.Data[len(page.Data)-1].ID
	}
}

// Download writes the file with an id to path. A file that is there is replaced.
func (c *BatchClient) Download(ctx context.Context, fileID, path string) error {
	return c.try(ctx, transferTimeout, func(ctx context.Context) error {
		content, err := c.api.GetFileContent(ctx, fileID)
		if err != nil {
			return err
		}
		defer content.Close()
		file, err := os.Create(path)
		if err != nil {
			return localError{err}
		}
		if _, err = io.Copy(localWriter{file}, content); err != nil {
			return errors.Join(err, file.Close())
		}
		if err := file.Close(); err != nil {
			return localError{err}
		}
		return nil
	})
}

// A localError is one of this machine's disk, which says nothing about the
// endpoint.
type localError struct{ error }

// Unwrap returns the error itself.
func (e localError) Unwrap() error { return e.error }

type localWriter struct{ *os.File }

// Write marks the errors of the file, to tell them from those of the source.
func (w localWriter) Write(p []byte) (int, error) {
	n, err := w.File.Write(p)
	if err != nil {
		err = localError{err}
	}
	return n, err
}

// try makes a call until it succeeds, fails for good, or may not be made again.
func (c *BatchClient) try(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	p := c.policy
	start := p.Now()
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, timeout, call)
		failure, ok := errors.AsType[*Error](err)
		if !ok {
			return err
		}
		failure.Attempts = attempt
		if !failure.Retryable() || attempt >= p.most(failure) || ctx.Err() != nil {
			return failure
		}
		d := p.wait(attempt, failure)
		if p.Now().Sub(start)+d > p.Budget || p.Sleep(ctx, d) != nil {
			return failure
		}
	}
}

func (c *BatchClient) once(ctx context.Context, timeout time.Duration, call func(context.Context) error) error {
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	x := &exchange{}
	err := call(withExchange(attempt, x))
	if err == nil {
		return nil
	}
	if local, ok := errors.AsType[localError](err); ok {
		return local.error
	}
	failure := c.failure(ctx, attempt, x, err)
	failure.Attempts = 1
	failure = c.client.explain(failure)
	failure.Timeout = timeout
	return failure
}

// failure names why a call failed.
func (c *BatchClient) failure(ctx, attempt context.Context, x *exchange, err error) *Error {
	switch {
	case ctx.Err() != nil:
		return cancelled(ctx, 1)
	case attempt.Err() != nil:
		return &Error{Kind: KindTimeout, Status: x.status}
	case x.status >= 300 && x.status < 400:
		return redirected(x)
	case x.status >= 400:
		e := classify(x.status, x.header, x.received, c.client.now())
		if e.noAPI && strings.HasSuffix(strings.TrimRight(x.path, "/"), "s") { // the collection is not there, not one of it
			e.Kind, e.permanent = KindStopped, true
			e.Message = fmt.Sprintf("%s takes no batches (%d); run without --batch", c.client.target.base(), x.status)
		}
		return e
	case x.status == 0:
		return unreachable(err)
	default:
		return &Error{Kind: KindMalformed, Status: x.status, Message: unreadable(err)}
	}
}

// Unclear reports whether what was asked for may have been done all the same:
// the answer was lost, or the endpoint failed on the way.
func (e *Error) Unclear() bool {
	switch e.Kind {
	case KindTimeout, KindMalformed, KindCancelled:
		return true
	case KindServer:
		return e.Status != http.StatusServiceUnavailable
	case KindUnreachable:
		return !e.Down
	default:
		return false
	}
}

// A fileDoer is the HTTP client that go-openai calls for files and batches. It
// sends what go-openai made, and keeps of a failure what go-openai drops. The
// answer is passed on as it comes, since a file may be large.
type fileDoer struct {
	client  *http.Client
	headers map[string]string
}

// errRedirect says that an answer points elsewhere.
var errRedirect = errors.New("redirected")

// Do sends one request.
func (d *fileDoer) Do(req *http.Request) (*http.Response, error) {
	setHeaders(req, d.headers)
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		x.status, x.header, x.path = resp.StatusCode, resp.Header, req.URL.Path
		if resp.StatusCode >= 300 {
			x.received, _ = io.ReadAll(io.LimitReader(resp.Body, maxBody)) // a cut error is still that error
		}
		if resp.StatusCode >= 300 && resp.StatusCode < 400 {
			return nil, errors.Join(errRedirect, resp.Body.Close()) // go-openai would take it for a success
		}
	}
	return resp, nil
}
