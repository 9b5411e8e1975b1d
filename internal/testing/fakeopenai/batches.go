package fakeopenai

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A BatchPlan says what becomes of a batch.
type BatchPlan struct {
	Polls     int    // times it is asked for before it is over; default 2
	Unknown   int    // times it is asked for before the server knows that it has it
	End       string // completed, expired, cancelled or failed; default completed
	Executed  int    // of the others but completed: so many of its requests, the first ones, were executed
	Code      string // why it failed
	Problem   string
	Line      int // where, from 1; 0 for nowhere
	Reverse   bool
	Duplicate bool // every line of the results comes twice
	Denied    bool // of every reply the errors say that it failed, too
	Lost      int  // so many of the results, the last ones, are missing without a word
	NoOutput  bool // the results are not there any more
	Drop      bool // it is made, and the answer that says so is lost
}

// A SubmittedBatch is a batch that the server was given.
type SubmittedBatch struct {
	ID     string
	Labels map[string]string
	Keys   []string // the custom_id of its lines, in their order
	Bytes  int      // of its file
}

// batches is what a server knows of files and batches.
type batches struct {
	plan  func(n int) BatchPlan
	gate  func(step string)
	mu    sync.Mutex
	files map[string][]byte
	all   []*batch
	next  int // number of the last file or batch
}

type batch struct {
	SubmittedBatch

	plan     BatchPlan
	requests []batchRequest
	made     time.Time
	polls    int
	status   string
	out      string
	failed   string
	done     [2]int // completed, failed
}

// A batchRequest is a line of the file of a batch.
type batchRequest struct {
	CustomID string          `json:"custom_id"`
	Body     json.RawMessage `json:"body"`
}

// Batches makes the server take batches. Their requests are answered by the handlers; plan says what becomes of the
// n-th batch, from 1, and may be nil. Gate, which may be nil, is called with the name of each step before and after the
// server does it, such as "create" and "created", and may hold it up.
func (s *Server) Batches(plan func(n int) BatchPlan, gate func(step string)) *Server {
	if plan == nil {
		plan = func(int) BatchPlan { return BatchPlan{} }
	}
	if gate == nil {
		gate = func(string) {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = &batches{plan: plan, gate: gate, files: map[string][]byte{}}
	return s
}

// SubmittedBatches returns the batches that were made so far, those that failed too.
func (s *Server) SubmittedBatches() []SubmittedBatch {
	b, _ := s.taking()
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]SubmittedBatch, len(b.all))
	for i, one := range b.all {
		out[i] = one.SubmittedBatch
	}
	return out
}

// taking returns what takes batches, and the key that requests must have.
func (s *Server) taking() (b *batches, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.batches, s.key
}

// serveBatches answers what is asked of files and batches, and reports whether that was it.
func (s *Server) serveBatches(w http.ResponseWriter, r *http.Request, body []byte) bool {
	b, key := s.taking()
	_, path, found := strings.Cut(r.URL.Path, "/v1/")
	if b == nil || !found {
		return false
	}
	parts := strings.Split(path, "/")
	if parts[0] != "files" && parts[0] != "batches" {
		return false
	}
	if key != "" && r.Header.Get("Authorization") != "Bearer "+key {
		s.write(w, r, Request{}, Error(http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided"))
		return true
	}
	route := r.Method + " " + parts[0] + strings.Repeat("/…", min(1, len(parts)-1))
	if len(parts) > 2 {
		route += "/" + parts[2]
	}
	var reply Reply
	switch route {
	case "POST files":
		reply = b.upload(r, body)
	case "GET files/…/content":
		b.gate("download")
		reply = b.content(parts[1])
		s.write(w, r, Request{}, reply)
		b.gate("downloaded")
		return true
	case "POST batches":
		reply = b.create(body)
	case "GET batches":
		reply = b.list(r)
		b.gate("listed")
	case "GET batches/…":
		b.gate("poll")
		reply = b.get(s, parts[1])
	case "POST batches/…/cancel":
		reply = b.cancel(parts[1])
	default:
		reply = Error(http.StatusNotFound, "", "Invalid URL ("+r.Method+" "+r.URL.Path+")")
	}
	s.write(w, r, Request{}, reply)
	return true
}

func (b *batches) upload(r *http.Request, body []byte) Reply {
	b.gate("upload")
	defer b.gate("uploaded")
	r.Body = io.NopCloser(bytes.NewReader(body))
	file, header, err := r.FormFile("file")
	if err != nil || r.FormValue("purpose") != "batch" {
		return Error(http.StatusBadRequest, "", "purpose and file are wanted")
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return Error(http.StatusBadRequest, "", err.Error())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	id := b.keep(data)
	return ok(map[string]any{
		"id": id, "object": "file", "bytes": len(data), "filename": header.Filename, "purpose": "batch",
		"status": "processed",
	})
}

func (b *batches) keep(data []byte) string {
	b.next++
	id := fmt.Sprintf("file-%d", b.next)
	b.files[id] = data
	return id
}

func (b *batches) content(id string) Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, found := b.files[id]
	if !found {
		return Error(http.StatusNotFound, "", "No such File object: "+id)
	}
	return Raw(http.StatusOK, string(data))
}

func (b *batches) create(body []byte) Reply {
	b.gate("create")
	defer b.gate("created")
	var asked struct {
		InputFile string            `json:"input_file_id"`
		Endpoint  string            `json:"endpoint"`
		Window    string            `json:"completion_window"`
		Metadata  map[string]string `json:"metadata"`
	}
	err := json.Unmarshal(body, &asked)
	if err != nil || asked.Endpoint != "/v1/chat/completions" || asked.Window != "24h" {
		return Error(http.StatusBadRequest, "", "not a batch")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	input, found := b.files[asked.InputFile]
	if !found {
		return Error(http.StatusNotFound, "", "No such File object: "+asked.InputFile)
	}
	b.next++
	one := &batch{
		SubmittedBatch: SubmittedBatch{ID: fmt.Sprintf("batch_%d", b.next), Labels: asked.Metadata, Bytes: len(input)},
		plan:           b.plan(len(b.all) + 1), made: time.Now(), status: "validating",
	}
	for line := range bytes.Lines(input) {
		var r batchRequest
		if json.Unmarshal(line, &r) == nil {
			one.Keys, one.requests = append(one.Keys, r.CustomID), append(one.requests, r)
		}
	}
	b.all = append(b.all, one)
	if one.plan.Drop {
		return Drop()
	}
	return ok(one.doc())
}

func (b *batch) doc() map[string]any {
	doc := map[string]any{
		"id": b.ID, "object": "batch", "endpoint": "/v1/chat/completions", "completion_window": "24h", "status": b.status,
		"input_file_id": "file-in", "output_file_id": nil, "error_file_id": nil, "errors": nil, "created_at": b.made.Unix(),
		"request_counts": map[string]int{"total": len(b.Keys), "completed": b.done[0], "failed": b.done[1]},
		"metadata":       b.Labels,
	}
	if b.out != "" {
		doc["output_file_id"] = b.out
	}
	if b.failed != "" {
		doc["error_file_id"] = b.failed
	}
	if b.status == "failed" {
		fault := map[string]any{"code": b.plan.Code, "message": b.plan.Problem, "param": nil, "line": nil}
		if b.plan.Line > 0 {
			fault["line"] = b.plan.Line
		}
		doc["errors"] = map[string]any{"object": "list", "data": []any{fault}}
		doc["request_counts"] = map[string]int{"total": 0, "completed": 0, "failed": 0}
	}
	return doc
}

func (b *batches) list(r *http.Request) Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 20
	}
	newest := slices.Clone(b.all)
	slices.Reverse(newest)
	if after := r.URL.Query().Get("after"); after != "" {
		at := slices.IndexFunc(newest, func(one *batch) bool { return one.ID == after })
		newest = newest[at+1:]
	}
	data := []any{}
	for _, one := range newest[:min(limit, len(newest))] {
		data = append(data, one.doc())
	}
	return ok(map[string]any{"object": "list", "data": data, "has_more": len(newest) > limit})
}

func (b *batches) get(s *Server, id string) Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.named(id)
	if one == nil {
		return noBatch(id)
	}
	one.polls++
	switch {
	case one.polls <= one.plan.Unknown:
		return noBatch(id)
	case one.out != "" || one.failed != "" || one.status == "cancelled" || one.status == "failed":
	case one.status == "cancelling":
		b.end(s, one, "cancelled")
	case one.polls >= cmp.Or(one.plan.Polls, 2):
		b.end(s, one, cmp.Or(one.plan.End, "completed"))
	default:
		one.status = "in_progress"
	}
	return ok(one.doc())
}

func (b *batches) cancel(id string) Reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.named(id)
	if one == nil {
		return noBatch(id)
	}
	if one.out == "" && one.failed == "" && one.status != "failed" {
		one.status = "cancelling"
	}
	return ok(one.doc())
}

func (b *batches) named(id string) *batch {
	if at := slices.IndexFunc(b.all, func(one *batch) bool { return one.ID == id }); at >= 0 {
		return b.all[at]
	}
	return nil
}

func noBatch(id string) Reply {
	return Error(http.StatusNotFound, "", fmt.Sprintf("No batch found with id '%s'.", id))
}
