package fakeopenai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// end executes a batch and files its results.
func (b *batches) end(s *Server, one *batch, status string) {
	one.status = status
	if status == "failed" {
		return
	}
	var results [2][][]byte // replies, failures
	n := 0
	_, key := s.taking()
	for line := range bytes.Lines(one.input) {
		var l struct {
			CustomID string          `json:"custom_id"`
			Body     json.RawMessage `json:"body"`
		}
		if json.Unmarshal(line, &l) != nil {
			continue
		}
		n++
		if status != "completed" && n > one.plan.Executed {
			results[1] = append(results[1], resultLine(n, l.CustomID, nil, map[string]string{
				"code":    "batch_" + status,
				"message": "This request could not be executed before the completion window " + status + ".",
			}))
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
		results[to] = append(results[to], resultLine(n, l.CustomID, map[string]any{
			"status_code": code, "request_id": "req-" + strconv.Itoa(n), "body": body,
		}, nil))
		if one.plan.Denied && to == 0 {
			results[1] = append(results[1], resultLine(n, l.CustomID, map[string]any{
				"status_code": http.StatusInternalServerError, "request_id": "req", "body": map[string]any{},
			}, nil))
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

func resultLine(n int, key string, response map[string]any, fault map[string]string) []byte {
	doc := map[string]any{"id": fmt.Sprintf("batch_req_%d", n), "custom_id": key, "response": nil, "error": nil}
	if response != nil {
		doc["response"] = response
	}
	if fault != nil {
		doc["error"] = maps.Clone(fault)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	return append(data, '\n')
}

func ok(doc map[string]any) Reply {
	data, err := json.Marshal(doc)
	if err != nil {
		return Raw(http.StatusInternalServerError, err.Error())
	}
	return Raw(http.StatusOK, string(data))
}
