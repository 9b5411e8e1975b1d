package model

import (
	"fmt"
	"io"
	"log/slog"
)

// Redacted replaces a secret in every text.
const Redacted = "[redacted]"

// A Secret is an API key. However it is printed, logged or encoded, it comes out redacted; only a conversion to string,
// which a reader of the code sees, gives the key itself.
type Secret string

// Format writes the redacted form for every verb. Without it, a verb that does not fit strings would make fmt print the
// value itself in its complaint. (fmt asks nobody about %p, which go vet refuses for strings.)
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String returns [Redacted], or nothing where there is no key.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Redacted
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue is String, for structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, for encoders of text such as YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON is String as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }
