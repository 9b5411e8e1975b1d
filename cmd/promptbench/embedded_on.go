//go:build embednats

package main

import "promptbench/internal/model/queue/embedded"

// startEmbedded starts a queue inside this process.
func startEmbedded(dir string) (url string, stop func(), err error) {
	s, err := embedded.Start(dir, -1)
	if err != nil {
		return "", nil, err
	}
	return s.URL(), s.Stop, nil
}
