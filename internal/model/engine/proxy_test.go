package engine

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
)

// inProxyChild is set in the process that TestProxyFromTheEnvironment starts.
const inProxyChild = "PROMPTBENCH_TEST_PROXY_CHILD"

// net/http reads the proxy variables once a process, so that a process of its own has to look at them.
func TestProxyFromTheEnvironment(t *testing.T) {
	if os.Getenv(inProxyChild) != "" {
		c, err := NewClient(model.Target{API: api.Chat{}, Name: "fast", BaseURL: "http://models.example/v1", ID: "m"})
		require.NoError(t, err)
		resp, err := c.Complete(t.Context(), ask())
		require.NoError(t, err)
		require.Equal(t, ask().Messages[1].Content, resp.Reply)
		return
	}
	t.Parallel()
	s := serve(t)
	proxy, err := url.Parse(s.URL())
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyFromTheEnvironment$")
	cmd.Env = append(
		os.Environ(), inProxyChild+"=1", "HTTP_PROXY=http://"+proxy.Host, "http_proxy=", "NO_PROXY=", "no_proxy=",
		"REQUEST_METHOD=",
	)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Len(t, s.Requests(), 1, "the call went through the proxy")
}

func TestProxyDown(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	c, err := newClient(model.Target{
		API: api.Chat{}, Name: "fast", BaseURL: "https://models.example/v1", ID: "m",
	}, func(*http.Request) (*url.URL, error) {
		return url.Parse("http://user:geheim-123@" + address)
	})
	require.NoError(t, err)
	e := failure(t, c)
	require.Equal(t, model.KindUnreachable, e.Kind)
	require.Contains(t, e.Error(), "the proxy does not answer; check HTTPS_PROXY")
	require.NotContains(t, e.Error(), "geheim")
	require.False(t, e.Retryable())
}
