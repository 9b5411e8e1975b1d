package fakeopenai

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// end executes a batch and files its results.
func (b *batches) end(s *Server, one *batch, status string) {
	one.status = status
	if status == "failed" {
		return
	}
	var results [2][][]byte // replies, failures
	_, key := s.taking()
	for i, l := range one.requests {
		add := func(to int, field string, value map[string]any) {
			doc := map[string]any{
				"id": fmt.Sprintf("batch_req_%d", i+1), "custom_id": l.CustomID, "response": nil, "error": nil,
			}
			doc[field] = value
			results[to] = append(results[to], append(marshal(doc), '\n'))
		}
		if status != "completed" && i >= one.plan.Executed {
			add(1, "error", map[string]any{
				"code":    "batch_" + status,
				"message": "This request could not be executed before the completion window " + status + ".",
			})
			continue
		}
		request := s.record(&http.Request{URL: &url.URL{Path: "/batch"}, Header: http.Header{"Api-Key": {key}}}, l.Body)
		reply := s.reply(request)
		reply.Created = time.Now().Unix()
		body := json.RawMessage(reply.Body)
		if reply.Body == "" {
			body = completion(request, reply)
		}
		code, to := max(reply.Status, http.StatusOK), 0
		if code >= 300 {
			to = 1
		}
		add(to, "response", map[string]any{"status_code": code, "request_id": fmt.Sprintf("req-%d", i+1), "body": body})
		if one.plan.Denied && to == 0 {
			add(1, "response", map[string]any{
				"status_code": http.StatusInternalServerError, "request_id": "req", "body": map[string]any{},
			})
		}
	}
	one.done = [2]int{len(results[0]), len(results[1])}
	if one.plan.NoOutput {
		one.out = "file-gone"
		return
	}
	for i, lines := range results {
		lines = lines[:max(0, len(lines)-one.plan.Lost)]
		if one.plan.Reverse {
			slices.Reverse(lines)
		}
		var file []byte
		for _, line := range lines {
			file = append(file, line...)
			if one.plan.Duplicate {
				file = append(file, line...)
			}
		}
		if len(file) > 0 && i == 0 {
			one.out = b.keep(file)
		} else if len(file) > 0 {
			one.failed = b.keep(file)
		}
	}
}

func ok(doc map[string]any) Reply { return Raw(http.StatusOK, string(marshal(doc))) }
