package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/model"
	"promptbench/internal/model/engine"
)

// MaxRequests and maxBytes are the limits of one batch at OpenAI, https://platform.openai.com/docs/guides/batch.
const (
	MaxRequests = 50_000
	maxBytes    = 200_000_000
)

// transferTimeout bounds one upload or download of a file of 200 MB.
const transferTimeout = 20 * time.Minute

// A Client speaks to a provider's Files and Batch API, through go-openai, and reads what came back. Its methods try
// again what may succeed later, except [Client.Create], which must not happen twice; they are safe for concurrent use.
// Their errors are a [*model.Error].
type Client struct {
	client *engine.Client // reads replies and errors, as it does those of single calls
	api    *openai.Client
	target model.Target
	policy engine.Policy
}

// NewClient returns a client for t. An error names what would make every call fail.
func NewClient(t model.Target) (*Client, error) { return newClient(t, engine.Policy{}) }

func newClient(t model.Target, p engine.Policy) (*Client, error) {
	client, err := engine.NewClient(t)
	if err != nil {
		return nil, err
	}
	t = client.Target()
	config := openai.DefaultConfig(string(t.APIKey))
	if t.APIVersion != "" {
		config = openai.DefaultAzureConfig(string(t.APIKey), t.Base())
		config.APIVersion = t.APIVersion
	}
	config.BaseURL = t.Base()
	config.HTTPClient = &doer{client: engine.NewHTTPClient(1), target: t}
	return &Client{client: client, api: openai.NewClientWithConfig(config), target: t, policy: p}, nil
}

// Upload uploads the request file at path, and returns the endpoint's id of it.
func (c *Client) Upload(ctx context.Context, path string) (fileID string, err error) {
	file, err := try(ctx, c, transferTimeout, func(ctx context.Context) (openai.File, error) {
		file, err := c.api.CreateFile(ctx, openai.FileRequest{
			FileName: filepath.Base(path), FilePath: path, Purpose: string(openai.PurposeBatch),
		})
		return file, requireID(file.ID, err)
	})
	return file.ID, err
}

// requireID returns the error of a call, or that its answer lacks the id that every answer has.
func requireID(id string, err error) error {
	if err == nil && id == "" {
		return errors.New("it has no id")
	}
	return err
}

// Create makes a batch of an uploaded file. It makes one attempt: where the error leaves it open whether the batch was
// made, see [model.Error.Unclear], only [Client.Find] can tell.
func (c *Client) Create(ctx context.Context, fileID string, metadata map[string]string) (Batch, error) {
	labels := make(map[string]any, len(metadata))
	for name, value := range metadata {
		labels[name] = value
	}
	made, err := once(ctx, c, c.target.Timeout, func(ctx context.Context) (openai.BatchResponse, error) {
		made, err := c.api.CreateBatch(ctx, openai.CreateBatchRequest{
			InputFileID: fileID, Endpoint: openai.BatchEndpointChatCompletions, CompletionWindow: "24h",
			Metadata: labels,
		})
		return made, requireID(made.ID, err)
	})
	return c.batch(made.Batch), err
}

// Get returns the batch with an id.
func (c *Client) Get(ctx context.Context, id string) (Batch, error) {
	return c.one(ctx, c.api.RetrieveBatch, id)
}

// Cancel has the endpoint stop the batch with an id, which may take minutes. The replies so far stay available.
func (c *Client) Cancel(ctx context.Context, id string) (Batch, error) {
	return c.one(ctx, c.api.CancelBatch, id)
}

func (c *Client) one(
	ctx context.Context, call func(context.Context, string) (openai.BatchResponse, error), id string,
) (Batch, error) {
	got, err := try(ctx, c, c.target.Timeout, func(ctx context.Context) (openai.BatchResponse, error) {
		got, err := call(ctx, id)
		return got, requireID(got.ID, err)
	})
	return c.batch(got.Batch), err
}

// Find looks for the batch of a piece by the label that it was made with. It reads the endpoint's list of batches,
// newest first, back to an hour before the piece was made: the endpoint's clock may be another one.
func (c *Client) Find(ctx context.Context, piece string, made time.Time) (found Batch, ok bool, err error) {
	limit := 100
	var after *string
	for {
		page, err := try(ctx, c, c.target.Timeout, func(ctx context.Context) (openai.ListBatchResponse, error) {
			return c.api.ListBatch(ctx, after, &limit)
		})
		if err != nil {
			return Batch{}, false, err
		}
		for _, b := range page.Data {
			if b.Metadata[labelPiece] == piece {
				return c.batch(b), true, nil
			}
			if time.Unix(int64(b.CreatedAt), 0).Before(made.Add(-time.Hour)) {
				return Batch{}, false, nil
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return Batch{}, false, nil
		}
		after = &page.Data[len(page.Data)-1].ID
	}
}

// maxDownload is the most that is written of a file, so that one without an end fills no disk.
const maxDownload = 4 << 30

var errDownload = fmt.Errorf("the file is larger than %d GiB", maxDownload>>30)

// Download writes the file with an id to path. A file that is there is replaced.
func (c *Client) Download(ctx context.Context, fileID, path string) error {
	_, err := try(ctx, c, transferTimeout, func(ctx context.Context) (written int64, err error) {
		content, err := c.api.GetFileContent(ctx, fileID)
		if err != nil {
			return 0, err
		}
		defer content.Close()
		file, err := os.Create(path)
		if err != nil {
			return 0, err
		}
		written, err = io.Copy(file, io.LimitReader(content, maxDownload+1))
		if written > maxDownload {
			err = errDownload
		}
		return written, errors.Join(err, file.Close())
	})
	return err
}

// try makes a call until it succeeds, fails for good, or may not be made again.
func try[T any](
	ctx context.Context, c *Client, timeout time.Duration, call func(context.Context) (T, error),
) (answer T, err error) {
	err = c.policy.Do(ctx, func() error {
		answer, err = once(ctx, c, timeout, call)
		return err
	})
	return answer, err
}

func once[T any](
	ctx context.Context, c *Client, timeout time.Duration, call func(context.Context) (T, error),
) (answer T, err error) {
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	x := &exchange{}
	answer, err = call(context.WithValue(attempt, exchangeKey{}, x))
	if err == nil {
		return answer, nil
	}
	if local, ok := errors.AsType[*fs.PathError](err); ok { // of this machine's disk: it says nothing about the endpoint
		return answer, local
	}
	failure := c.client.Explain(c.failure(ctx, attempt, x, err))
	failure.Attempts, failure.Timeout = 1, timeout
	return answer, failure
}

func (c *Client) failure(ctx, attempt context.Context, x *exchange, err error) *model.Error {
	switch {
	case ctx.Err() != nil:
		return model.Cancelled(ctx, 1)
	case attempt.Err() != nil:
		return &model.Error{Kind: model.KindTimeout, Status: x.answer.Status}
	case x.answer.Status == 0:
		return engine.Unreachable(err)
	}
	if x.answer.Status >= 300 {
		x.answer.At = time.Now()
		_, said := c.client.Decode(x.answer)
		if e, ok := errors.AsType[*model.Error](said); ok {
			// The collection is not there, not one of it.
			if x.answer.Status >= 400 && e.NoAPI && strings.HasSuffix(strings.TrimRight(x.path, "/"), "s") {
				e.Kind, e.Permanent = model.KindStopped, true
				e.Message = fmt.Sprintf("%s takes no batches (%d); run without --batch", c.target.Address(), x.answer.Status)
			}
			return e
		}
	}
	e := &model.Error{Kind: model.KindMalformed, Status: x.answer.Status, Message: err.Error()}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.Message = "it was cut off"
	}
	return e
}

// How much of an answer is read.
const (
	maxErrorBody = 64 << 10 // of an error
	maxBody      = 8 << 20  // of another answer; a page of batches is far smaller
)

type exchange struct {
	path   string
	answer model.Answer // its body only where it is no success
}

type exchangeKey struct{}

// A doer is the HTTP client that go-openai calls. It sends what go-openai made, and keeps of a failure what go-openai
// drops: go-openai passes a request's context on, and nothing else. A success is passed on as it comes, since a file
// may be large.
type doer struct {
	client *http.Client
	target model.Target
}

// errRedirect says that an answer points elsewhere.
var errRedirect = errors.New("redirected")

// Do sends one request.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	engine.SetHeaders(req, d.target)
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		x.path, x.answer = req.URL.Path, model.Answer{Status: resp.StatusCode, Header: resp.Header}
		if resp.StatusCode >= 300 {
			x.answer.Body, _ = io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // a cut error is still that error
		}
		if resp.StatusCode >= 300 && resp.StatusCode < 400 {
			return nil, errors.Join(errRedirect, resp.Body.Close()) // go-openai would take it for a success
		}
		if !strings.HasSuffix(req.URL.Path, "/content") { // else it is a file
			resp.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(resp.Body, maxBody), resp.Body}
		}
	}
	return resp, nil
}
