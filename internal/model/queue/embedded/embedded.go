// Package embedded runs a NATS server with JetStream inside this process, for trying the queue out and for tests. The
// server is large: the command links it only where it is built with the tag embednats.
package embedded

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A Server is a running one.
type Server struct {
	server *server.Server
}

// readyWithin is how long a server may take to start.
const readyWithin = 10 * time.Second

// Start starts a server on this machine that stores what it is given in dir. Port -1 is any that is free. Every message
// is written to disk before it is acknowledged.
func Start(dir string, port int) (*Server, error) {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, StoreDir: dir, JetStream: true, SyncAlways: true, NoLog: true, NoSigs: true,
	})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded queue: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(readyWithin) {
		s.Shutdown()
		return nil, errors.New("the embedded queue does not start")
	}
	return &Server{server: s}, nil
}

// URL is where the server is.
func (s *Server) URL() string { return s.server.ClientURL() }

// Stop stops the server. What it has stored stays.
func (s *Server) Stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
