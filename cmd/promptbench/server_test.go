package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"promptbench/internal/testing/fakeopenai"
)

// A rule says what the server answers to requests that fit it.
type rule struct {
	Asked  string `json:"asked"`  // is the id of the model; empty: any
	System string `json:"system"` // stands in the system message
	Input  string `json:"input"`  // stands in the last user message
	Result string `json:"result"` // stands in the last message, which a tool returned
	Times  int    `json:"times"`  // answers only so often; 0: always
	fakeopenai.Reply
}

// rules answer requests: the first that fits and is not used up.
type rules struct {
	mu      sync.Mutex
	list    []rule
	used    []int
	arrived sync.Cond // with mu; each time that a request does
	all     int       // requests
}

// wait returns once n requests have arrived.
func (r *rules) wait(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.all < n {
		r.arrived.Wait()
	}
}

// parseRules reads a rule a line.
func parseRules(text string) (*rules, error) {
	r := &rules{}
	r.arrived.L = &r.mu
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		dec := json.NewDecoder(strings.NewReader(lines.Text()))
		dec.DisallowUnknownFields()
		var one rule
		if err := dec.Decode(&one); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		r.list = append(r.list, one)
	}
	r.used = make([]int, len(r.list))
	return r, lines.Err()
}

func (r *rules) answer(request fakeopenai.Request) fakeopenai.Reply {
	system := ""
	for _, m := range request.Messages {
		if m.Role == "system" {
			system += m.Content
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all++
	r.arrived.Broadcast()
	for i, one := range r.list {
		if one.Asked != "" && one.Asked != request.Model || one.Times > 0 && r.used[i] >= one.Times || !strings.Contains(system, one.System) || !strings.Contains(request.Input(), one.Input) {
			continue
		}
		if last := request.Messages[len(request.Messages)-1]; one.Result != "" && (last.Role != "tool" || !strings.Contains(last.Content, one.Result)) {
			continue
		}
		r.used[i]++
		return one.Reply
	}
	return fakeopenai.Error(http.StatusTeapot, "no_rule", "no rule of the script fits this request")
}
