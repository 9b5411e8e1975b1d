package model

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"promptbench/internal/input/strictyaml"
)

// An API is one wire format: how a request is written and how an answer is read. Package api has them.
type API interface {
	// Kind names the API in the keys of recordings: the same body gets another reply from another API.
	Kind() string
	// Encode returns the HTTP request that asks t for r. Its body is r.Body where that is set, else canonical JSON: keys
	// sorted, no spaces, no HTML escaping, numbers as the user wrote them, no transport fields such as stream. The error
	// says what in r can't be sent.
	Encode(t Target, r Request) (Call, error)
	// Decode returns the response in an answer, or an [*Error] that says why there is none. What it returns is the
	// server's text as it came: the engine takes secrets and control characters out. Response.At is when the model
	// answered, where the answer says so.
	Decode(a Answer) (Response, error)
}

// A Call is the HTTP request for one attempt.
type Call struct {
	Method string
	URL    string
	Header http.Header // authorization included
	Body   []byte      // a JSON object, as it is in the key of the recording
	// Transport are members of the body that are sent and are no part of the key, such as "stream":false; may be empty.
	Transport string
}

// Wire returns the body as it is sent.
func (c Call) Wire() []byte {
	if c.Transport == "" || len(c.Body) < 3 {
		return c.Body
	}
	return slices.Concat(c.Body[:len(c.Body)-1], []byte(","+c.Transport+"}"))
}

// An Answer is an HTTP response, read whole.
type Answer struct {
	Status int
	Header http.Header // may be nil
	Body   []byte
	At     time.Time // when it came
}

// errNoAPI says that a target lacks what every target needs.
var errNoAPI = errors.New("no API is set for the model; this is a mistake in the program")

// Prepare returns r with Body and Key set, as t is asked for it.
func (t Target) Prepare(r Request) (Request, error) {
	if t.API == nil {
		return r, errNoAPI
	}
	call, err := t.API.Encode(t, r)
	if err != nil {
		return r, err
	}
	r.Body = call.Body
	r.Key = t.Key(r.Body, r.Trial)
	return r, nil
}

// Key returns the name of the recording of one call to t, see [Key].
func (t Target) Key(body []byte, trial int) string { return Key(t.API.Kind(), t.Label(), body, trial) }

// Key names a call in recordings: the SHA-256, in lower-case hex, of the canonical JSON of
//
//	{"api":"chat.completions","body":…,"endpoint":"…","trial":1}
//
// with the kind of the API, the canonical body, the label of the endpoint (see [EndpointLabel]) and the number of the
// trial or vote.
func Key(api, endpoint string, body []byte, trial int) string {
	label, err := strictyaml.Sorted(endpoint)
	if err != nil {
		label = []byte(`""`) // not reached: every string has a form in JSON
	}
	hash := sha256.New()
	for _, part := range []string{`{"api":`, strconv.Quote(api), `,"body":`} {
		_, _ = io.WriteString(hash, part) // a hash never fails
	}
	_, _ = hash.Write(body)
	_, _ = fmt.Fprintf(hash, `,"endpoint":%s,"trial":%d}`, label, trial)
	return hex.EncodeToString(hash.Sum(nil))
}
