// Package fakeopenai is a scripted OpenAI-compatible server for tests. It runs on this machine, answers as a [Handler]
// says, and records what it was sent:
//
//	s := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
//		return fakeopenai.Text("안녕하세요")
//	})
//	defer s.Close()
//	… s.URL() … s.Requests()
//
// Handlers given as a list answer the first, second, … request in order of arrival; the last one answers all further
// ones. Without a handler the last user message comes back.
//
// It needs no *testing.T, so that a test which runs a command against it can start it too.
package fakeopenai

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// A Handler decides the reply to one request. It may be called from several goroutines at once.
type Handler func(Request) Reply

// A Request is one request as it arrived.
type Request struct {
	Number   int // order of arrival, from 1
	Path     string
	Query    url.Values
	Header   http.Header
	Body     []byte // raw
	Model    string
	Messages []Message
	Fields   map[string]any // the whole decoded body; nil where it is no JSON object
}

// A Message is one message of a request.
type Message struct {
	Role    string
	Content string   // of several parts, the texts
	Images  []string // URLs
}

// UnmarshalJSON reads a message whose content is a text or a list of parts.
func (m *Message) UnmarshalJSON(data []byte) error {
	var known struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	m.Role = known.Role
	if json.Unmarshal(known.Content, &m.Content) == nil {
		return nil
	}
	var parts []struct {
		Text     string `json:"text"`
		ImageURL struct {
			URL string `json:"url"`
		} `json:"image_url"`
	}
	err := json.Unmarshal(known.Content, &parts)
	for _, p := range parts {
		m.Content += p.Text
		if p.ImageURL.URL != "" {
			m.Images = append(m.Images, p.ImageURL.URL)
		}
	}
	return err
}

// Input returns the content of the last user message, or "".
func (r Request) Input() string {
	for _, m := range slices.Backward(r.Messages) {
		if m.Role == "user" {
			return m.Content
		}
	}
	return ""
}

// A Server answers POST …/chat/completions and …/embeddings, lists models at GET …/models, and takes batches where
// [Server.Batches] says so.
type Server struct {
	http     *httptest.Server
	handlers []Handler
	closed   chan struct{}
	once     sync.Once

	mu       sync.Mutex
	key      string
	models   []string
	requests []Request
	arrived  int
	forgets  bool
	batches  *batches // nil: it takes none
}

// New starts a server with these handlers.
func New(handlers ...Handler) *Server {
	if len(handlers) == 0 {
		handlers = []Handler{func(r Request) Reply { return Text(r.Input()) }}
	}
	s := &Server{handlers: handlers, closed: make(chan struct{})}
	s.http = httptest.NewServer(s)
	return s
}

// URL returns the base URL, which ends in /v1.
func (s *Server) URL() string { return s.http.URL + "/v1" }

// Close releases requests that hang and stops the server.
func (s *Server) Close() {
	s.once.Do(func() { close(s.closed) })
	s.http.CloseClientConnections()
	s.http.Close()
}

// RequireKey makes the server answer 401 to requests without this key, in an Authorization or an api-key header.
func (s *Server) RequireKey(key string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
	return s
}

// KnowModels makes the server answer 404 to requests for any other model.
func (s *Server) KnowModels(ids ...string) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = slices.Clone(ids)
	return s
}

// Forget makes the server keep no requests, so that a test may send it many; a handler sees each all the same.
func (s *Server) Forget() *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgets = true
	return s
}

// Requests returns the requests for completions and embeddings that arrived so far, in order of arrival, refused ones
// included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The body is read whole before anything else: only then does the server notice a client that goes away.
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return
	case s.serveBatches(w, r, body):
	case strings.HasSuffix(r.URL.Path, "/chat/completions") && r.Method == http.MethodPost:
		request := s.record(r, body)
		s.write(w, r, request, s.reply(request))
	case strings.HasSuffix(r.URL.Path, "/embeddings") && r.Method == http.MethodPost:
		request := s.record(r, body)
		s.write(w, r, request, s.embed(request))
	case strings.HasSuffix(r.URL.Path, "/models"):
		s.write(w, r, Request{}, s.listModels())
	default:
		s.write(w, r, Request{}, Error(http.StatusNotFound, "", "Invalid URL ("+r.Method+" "+r.URL.Path+")"))
	}
}

func (s *Server) record(r *http.Request, body []byte) Request {
	request := Request{Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(), Body: body}
	var known struct {
		Model    string    `json:"model"`
		Messages []Message `json:"messages"`
	}
	if json.Unmarshal(body, &known) == nil {
		request.Model, request.Messages = known.Model, known.Messages
	}
	if json.Unmarshal(body, &request.Fields) != nil {
		request.Fields = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived++
	request.Number = s.arrived
	if !s.forgets {
		s.requests = append(s.requests, request)
	}
	return request
}

func (s *Server) reply(r Request) Reply {
	if refused := s.refuse(r); refused != nil {
		return *refused
	}
	return s.handlers[min(r.Number, len(s.handlers))-1](r)
}

// refuse returns the error of a request that no handler sees, or nil.
func (s *Server) refuse(r Request) *Reply {
	s.mu.Lock()
	key, models := s.key, s.models
	s.mu.Unlock()
	var out Reply
	switch {
	case key != "" && r.Header.Get("Authorization") != "Bearer "+key && r.Header.Get("api-key") != key:
		out = Error(http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided")
	case r.Fields == nil:
		out = Error(http.StatusBadRequest, "", "the body is no JSON object")
	case models != nil && !slices.Contains(models, r.Model):
		out = UnknownModel(r.Model)
	default:
		return nil
	}
	return &out
}

func (s *Server) listModels() Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []any{}
	for _, id := range s.models {
		list = append(list, map[string]any{"id": id, "object": "model"})
	}
	return ok(map[string]any{"object": "list", "data": list})
}
