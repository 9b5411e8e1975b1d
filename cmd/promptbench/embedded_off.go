//go:build !embednats

package main

// startEmbedded is not built in: the server is larger than the rest of the program.
func startEmbedded(string) (url string, stop func(), err error) {
	return "", nil, usagef("this promptbench has no queue built in; " +
		"build it with go install -tags embednats ./cmd/promptbench, " +
		"or start a server (nats-server -js) and name its address")
}
