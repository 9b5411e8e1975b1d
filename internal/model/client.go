package model

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// A Client asks one target, one attempt a call. It is safe for concurrent use.
type Client struct {
	target  Target
	secrets secrets
	api     *openai.Client
	now     func() time.Time
}

// NewClient returns a client for t. An error names what in t would make every
// call fail; it never quotes a secret.
//
// Proxies come from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY);
// an endpoint on this machine is reached directly.
func NewClient(t Target) (*Client, error) {
	return newClient(t, http.ProxyFromEnvironment)
}

func newClient(t Target, proxy func(*http.Request) (*url.URL, error)) (*Client, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("model %s: %w", sanitise(t.Name, nil, maxMessage), err)
	}
	if t.Timeout <= 0 {
		t.Timeout = DefaultTimeout
	}
	if t.Concurrency <= 0 {
		t.Concurrency = DefaultConcurrency
	}
	config := openai.DefaultConfig(string(t.APIKey))
	if t.APIVersion != "" {
		config = openai.DefaultAzureConfig(string(t.APIKey), t.base())
		config.APIVersion = t.APIVersion
		// The default mapper strips dots and colons from what the user named.
		config.AzureModelMapperFunc = func(string) string { return url.PathEscape(t.ID) }
	}
	config.BaseURL = t.base()
	config.HTTPClient = &doer{client: newHTTPClient(t.Concurrency, proxy), headers: t.Headers}
	return &Client{target: t, secrets: newSecrets(t), api: openai.NewClientWithConfig(config), now: time.Now}, nil
}

// Complete makes one attempt within the target's timeout.
func (c *Client) Complete(ctx context.Context, r Request) (Response, error) {
	body := r.Wire
	if body == nil {
		var err error
		if body, err = WireBody(c.target.ID, r); err != nil {
			return Response{}, c.explain(&Error{Kind: KindBadRequest, Message: err.Error(), Attempts: 1})
		}
	}
	attempt, cancel := context.WithTimeout(ctx, c.target.Timeout)
	defer cancel()
	x := &exchange{body: body}
	start := c.now()
	// go-openai gets an empty request: it refuses some pairs of model and
	// parameters that an endpoint may well take, and the doer sends body anyway.
	chat, err := c.api.CreateChatCompletion(withExchange(attempt, x), openai.ChatCompletionRequest{})
	end := c.now()
	if failure := c.failure(ctx, attempt, x, chat, err); failure != nil {
		failure.Attempts = 1
		return Response{}, c.explain(failure)
	}
	resp := c.response(chat, x.received)
	resp.Latency, resp.At, resp.Attempts = end.Sub(start), end.UTC(), 1
	return resp, nil
}

// failure returns why an attempt has no reply, or nil.
func (c *Client) failure(ctx, attempt context.Context, x *exchange, chat openai.ChatCompletionResponse, err error) *Error {
	switch {
	case err != nil && ctx.Err() != nil:
		return cancelled(ctx, 1)
	case err != nil && attempt.Err() != nil:
		return &Error{Kind: KindTimeout, Status: x.status}
	case x.status >= 300 && x.status < 400:
		return redirected(x)
	case x.status >= 400:
		// An error status with a cut body is still that error.
		return classify(x.status, x.header, x.received, c.now())
	case x.readErr != nil:
		return &Error{Kind: KindMalformed, Status: x.status, Message: unreadable(x.readErr)}
	case x.status == 0:
		return unreachable(err)
	case len(chat.Choices) == 0 && hasError(x.received):
		// go-openai returns a nil error for an error inside a 200.
		return classify(x.status, x.header, x.received, c.now())
	case err != nil:
		return &Error{Kind: KindMalformed, Status: x.status, Message: unreadable(err)}
	case len(chat.Choices) == 0:
		return &Error{Kind: KindMalformed, Status: x.status, Message: "it has no choices"}
	case chat.Choices[0].FinishReason == "error":
		// Gateways say so when the model behind them failed half-way.
		return &Error{Kind: KindServer, Status: x.status, Message: "the model behind the endpoint failed"}
	}
	return nil
}

// explain adds what the message for people names, and makes the rest safe.
func (c *Client) explain(e *Error) *Error {
	e.Message = sanitise(e.Message, c.secrets, maxMessage)
	e.Code = sanitise(e.Code, c.secrets, 64)
	e.BaseURL, e.Model, e.Timeout = c.target.base(), c.target.ID, c.target.Timeout
	if c.target.APIKey != "" {
		e.KeyEnv = keyName(c.target.KeyEnv)
	}
	return e
}

// response reads the first choice. What go-openai's structs lack is read from
// the raw answer.
func (c *Client) response(chat openai.ChatCompletionResponse, raw []byte) Response {
	message := chat.Choices[0].Message
	beside := readBeside(chat, raw)
	reply := message.Content
	for _, part := range message.MultiContent {
		reply += part.Text
	}
	finish := string(chat.Choices[0].FinishReason)
	if message.Refusal != "" {
		if reply == "" {
			reply = message.Refusal
		}
		// Beside a refusal, stop tells nothing; a word such as length does.
		if finish == "" || finish == string(openai.FinishReasonStop) {
			finish = FinishRefusal
		}
	}
	thinking := message.ReasoningContent
	if thinking == "" {
		thinking = beside.reasoning
	}
	resp := Response{
		Reply:         c.secrets.long().redact(reply),
		Thinking:      c.secrets.long().redact(thinking),
		FinishReason:  sanitise(finish, c.secrets, 64),
		ResponseModel: sanitise(chat.Model, c.secrets, maxMessage),
	}
	if beside.usage {
		resp.Usage = &Usage{InputTokens: chat.Usage.PromptTokens, OutputTokens: chat.Usage.CompletionTokens}
	}
	return resp
}

// beside is what an answer holds that go-openai does not tell: the reasoning
// field of vLLM and OpenRouter, and whether tokens were counted at all.
type beside struct {
	reasoning string
	usage     bool
}

// readBeside decodes raw a second time only where that can tell anything.
func readBeside(chat openai.ChatCompletionResponse, raw []byte) beside {
	b := beside{usage: chat.Usage.PromptTokens != 0 || chat.Usage.CompletionTokens != 0}
	if b.usage && !bytes.Contains(raw, []byte(`"reasoning"`)) {
		return b
	}
	var more struct {
		Usage   *json.RawMessage `json:"usage"`
		Choices []struct {
			Message struct {
				Reasoning any `json:"reasoning"`
			} `json:"message"`
		} `json:"choices"`
	}
	// The same bytes were decoded before; a field of another type is just absent.
	_ = json.Unmarshal(raw, &more)
	b.usage = more.Usage != nil && strings.TrimSpace(string(*more.Usage)) != "null"
	if len(more.Choices) > 0 {
		b.reasoning, _ = more.Choices[0].Message.Reasoning.(string)
	}
	return b
}

// hasError reports whether a body is an object with an error in it and no
// choices.
func hasError(body []byte) bool {
	var doc struct {
		Error   json.RawMessage   `json:"error"`
		Choices []json.RawMessage `json:"choices"`
	}
	if json.Unmarshal(body, &doc) != nil || len(doc.Choices) > 0 {
		return false
	}
	return len(doc.Error) > 0 && string(doc.Error) != "null"
}
