package model

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"
	"unicode"

	"promptbench/internal/input/params"
)

// defaultBaseURL is where requests go when a target names no base URL.
const defaultBaseURL = "https://api.openai.com/v1"

// The defaults of a [Target].
const (
	DefaultTimeout     = 60 * time.Second
	DefaultConcurrency = 64
)

// A Target is one model at one endpoint, and what is sent along with every request.
type Target struct {
	// Name is what the config or the user calls the model.
	Name string
	// API is the wire format of the endpoint.
	API API
	// Endpoint is the label of the endpoint; empty for the normalised base URL. See [EndpointLabel].
	Endpoint string
	// BaseURL is where the API is, without the path of a single request; empty for OpenAI's.
	BaseURL string
	// ID is the model id, sent as written.
	ID string
	// APIKey authorises the calls; empty for none.
	APIKey Secret `json:"-"`
	// KeyEnv is the variable that APIKey came from, for messages.
	KeyEnv string
	// Headers are sent with every call. They may hold secrets.
	Headers map[string]string `json:"-"`
	// Secrets are values of variables that are sent along, such as those of headers, whatever the header's name.
	Secrets []string `json:"-"`
	// APIVersion is Azure OpenAI's api-version; empty for its v1 API and for all other endpoints.
	APIVersion string
	// Renames are the parameters that the endpoint calls otherwise: OpenAI's name to its own.
	Renames map[string]string
	// Hidden are parts of BaseURL that come from variables. They are not secrets to the model, but appear in no message
	// and no file.
	Hidden []string `json:"-"`
	// Timeout bounds one attempt; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Concurrency is how many calls may be under way at once, and so how many idle connections are kept; 0 means
	// [DefaultConcurrency].
	Concurrency int
	// RPM and TPM are how many requests and tokens a minute may be sent; 0 means any number.
	RPM, TPM int

	// Thinking are the marks that the model writes around its thinking, besides the known ones.
	Thinking [][2]string `json:"-"`
	// Price is what tokens cost; nil where it is unknown.
	Price *params.Price
}

// Label returns the target's endpoint as recordings name it.
func (t Target) Label() string { return EndpointLabel(t.Endpoint, t.Base()) }

// String names the target without its key and its headers.
func (t Target) String() string {
	return fmt.Sprintf("%s (%s at %s)", t.Name, t.ID, t.Label())
}

// Format writes String for every verb: others would print the headers.
func (t Target) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue is String, for structured logs.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Base returns the base URL without slashes at its end.
func (t Target) Base() string {
	return strings.TrimRight(cmp.Or(t.BaseURL, defaultBaseURL), "/")
}

// Address is what messages call the base URL.
func (t Target) Address() string {
	if len(t.Hidden) > 0 {
		return t.Label()
	}
	address, _ := hideKeys(t.Base())
	return address
}

// KeysInPath returns the parts of the base URL that look like keys.
func (t Target) KeysInPath() []string {
	_, keys := hideKeys(t.Base())
	return keys
}

// Check finds what would make every call fail, before any is made. Its errors never quote what may be a secret.
func (t Target) Check() error {
	u, err := url.Parse(t.Base())
	switch {
	case t.API == nil:
		return errNoAPI
	case err != nil:
		// The parser's error quotes the whole URL, which may hold a password.
		return errors.New("base URL is not a URL: write it like http://127.0.0.1:8080/v1")
	case u.User != nil:
		return errors.New("base URL holds a user name or password: " +
			"put the key into a variable and name that as api_key_env")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("base URL must start with http:// or https:// and name a host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("base URL must not hold a query or a fragment")
	case t.ID == "":
		return errors.New("no model id: name one with --model or in the config")
	case strings.ContainsFunc(string(t.APIKey), unicode.IsControl):
		return fmt.Errorf("the key in %s holds a line break or another control character", t.KeyName())
	case strings.ContainsFunc(string(t.APIKey), func(r rune) bool { return r > unicode.MaxASCII }):
		return fmt.Errorf("the key in %s holds a character that is not ASCII: copy the key again", t.KeyName())
	}
	for name, value := range t.Headers {
		if name == "" || strings.ContainsFunc(name, notInToken) {
			return fmt.Errorf("%q is not a header name", Clean(name, MaxMessage))
		}
		if strings.ContainsFunc(value, unicode.IsControl) {
			return fmt.Errorf("header %s holds a line break or another control character", name)
		}
	}
	return nil
}

// KeyName returns what messages call the variable that holds the key.
func (t Target) KeyName() string { return cmp.Or(t.KeyEnv, "use") }

// notInToken reports whether r is not allowed in the name of a header (RFC 9110).
func notInToken(r rune) bool {
	return r > unicode.MaxASCII ||
		!unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
