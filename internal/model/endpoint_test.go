package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEndpointLabel(t *testing.T) {
	t.Parallel()
	tests := []struct{ label, base, want string }{
		{"openai", "https://api.openai.com/v1", "openai"},
		{" 우리 서버 ", "http://127.0.0.1:8080/v1", "우리 서버"},
		{"", "HTTPS://API.OpenAI.com:443/v1/", "https://api.openai.com/v1"},
		{"", "http://Example.com:80//", "http://example.com"},
		{"", "https://example.com:8443/V1", "https://example.com:8443/V1"},
		{"", "https://user:pw@example.com/v1?key=geheim#x", "https://example.com/v1"},
		{"", "https://example.com./v1", "https://example.com/v1"},
		{"", "http://[2001:DB8::1]:8000/v1", "http://[2001:db8::1]:8000/v1"},
		{"", "http://[2001:db8::1]/v1", "http://[2001:db8::1]/v1"},
		{"", "http://127.0.0.1:8080/v1", "local"},
		{"", "http://127.9.9.9/v1", "local"},
		{"", "https://LOCALHOST:9090", "local"},
		{"", "http://[::1]:11434/v1", "local"},
		{"", "http://[::ffff:127.0.0.1]:1/v1", "local"},
		{"", "http://0.0.0.0:8000/v1", "local"},
		{"", "localhost:8080/v1", "local"},
		{"", "http://127.0.0.1.example.com/v1", "http://127.0.0.1.example.com/v1"},
		{"", "http://localhost.example.com/v1", "http://localhost.example.com/v1"},
		{"", "https://gw.example/sk-abcdefghijkl/v1", "https://gw.example/hidden-7f0b6e12/v1"},
		{"", "http://user:p%zz@host/v1", "unknown"},
		{"", "", "unknown"},
	}
	for _, test := range tests {
		require.Equal(t, test.want, EndpointLabel(test.label, test.base), "%q %q", test.label, test.base)
	}
}

func FuzzEndpointLabel(f *testing.F) {
	for _, seed := range []string{
		"https://api.openai.com/v1", "http://127.0.0.1:8080/v1/", "http://[::1]:1", "localhost:8080/v1",
		"https://user:pass@Example.COM:443/a//b/?q=1#f", "http://[fe80::1%25eth0]/v1", "http://친구.example/v1", "://",
		"http://h:port/", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, base string) {
		label := EndpointLabel("", base)
		require.NotEmpty(t, label)
		if !strings.Contains(label, "://") {
			require.Contains(t, []string{Local, "unknown"}, label)
			return
		}
		require.NotContains(t, strings.SplitN(label, "/", 4)[2], "@", "a user name never shows")
		require.False(t, strings.HasSuffix(label, "/"))
		require.Equal(t, label, EndpointLabel("", label), "normalising twice changes nothing")
	})
}
