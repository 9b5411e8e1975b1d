//go:build !embednats

package main

import "errors"

// startEmbedded is not built in: the server is larger than the rest of the
// program.
func startEmbedded(string) (url string, stop func(), err error) {
	return "", nil, usage(errors.New("this promptbench was built without a queue inside; build it with go install -tags embednats ./cmd/promptbench, " +
		"or start a server (nats-server -js) and name its address"))
}
