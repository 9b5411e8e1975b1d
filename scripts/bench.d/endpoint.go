package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// replyOf is what the endpoint answers to everything: a document with three subtodos, and behind it so much more that
// the text has so many bytes.
func replyOf(size int) (string, error) {
	text := `{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"예약 확인하기"},` +
		`{"subtodoNumber":2,"subtodoContent":"준비물 챙기기"},{"subtodoNumber":3,"subtodoContent":"출발하기"}]}}`
	text += strings.Repeat(" ", max(0, size-len(text)))
	data, err := json.Marshal(map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1795500000, "model": "bench",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{
			"role": "assistant", "content": text,
		}}},
		"usage": map[string]any{"prompt_tokens": 120, "completion_tokens": 60, "total_tokens": 180},
	})
	return string(data), err
}

// serve answers chat requests after a delay until its standard input ends, and prints its base URL first. A fault is as
// [faults] lists them.
func serve(ctx context.Context, delay time.Duration, size int, fault string, out io.Writer) error {
	reply, err := replyOf(size)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if fault == away {
		listener = &absent{inner: listener, left: 50}
	}
	handler, err := withFault(fault, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-time.After(delay)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
		_, _ = io.WriteString(w, reply)
	}))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: handler}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if _, err := fmt.Fprintf(out, "http://%s/v1\n", listener.Addr()); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// loop makes a request for each case and decodes the reply: the least that any program has to do.
func loop(ctx context.Context, base, file string, inFlight int) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: inFlight, MaxIdleConnsPerHost: inFlight}}
	inputs, failed := make(chan string), make(chan error, inFlight)
	var workers sync.WaitGroup
	for range inFlight {
		workers.Go(func() {
			for input := range inputs {
				if err := ask(ctx, client, base, input); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var c struct {
			Input string `json:"input"`
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		inputs <- c.Input
	}
	close(inputs)
	workers.Wait()
	close(failed)
	return errors.Join(lines.Err(), <-failed)
}

func ask(ctx context.Context, client *http.Client, base, input string) error {
	body, err := json.Marshal(map[string]any{"model": "bench", "temperature": 0, "messages": []any{
		map[string]any{"role": "system", "content": system}, map[string]any{"role": "user", "content": input},
	}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if len(answer.Choices) != 1 || !strings.Contains(answer.Choices[0].Message.Content, "subtodos") {
		return errors.New("the endpoint answered something else")
	}
	return nil
}
