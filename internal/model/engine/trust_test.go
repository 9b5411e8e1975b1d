package engine

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/testing/fakeopenai"
)

// inTrustChild holds the base URL in the process that TestCompanyCA starts.
const inTrustChild = "PROMPTBENCH_TEST_TRUST_CHILD"

// A company's certificate authority is trusted where SSL_CERT_FILE names it. Go reads the variable once a process.
func TestCompanyCA(t *testing.T) {
	if base := os.Getenv(inTrustChild); base != "" {
		c, err := NewClient(model.Target{API: api.Chat{}, Name: "fast", BaseURL: base, ID: "m"})
		require.NoError(t, err)
		resp, err := c.Complete(t.Context(), ask())
		require.NoError(t, err)
		require.Equal(t, ask().Messages[1].Content, resp.Reply)
		return
	}
	t.Parallel()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the system's own store is asked there")
	}
	fake := serve(t)
	secure := httptest.NewTLSServer(http.HandlerFunc(fake.ServeHTTP))
	t.Cleanup(secure.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(
		t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600),
	)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCompanyCA$")
	cmd.Env = append(os.Environ(), inTrustChild+"="+secure.URL+"/v1", "SSL_CERT_FILE="+file, "NO_PROXY=*")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Len(t, fake.Requests(), 1)
}

// Reasoning models take other parameters; they are sent unchanged, and nothing else.
func TestParametersOfReasoningModels(t *testing.T) {
	t.Parallel()
	s := serve(t, always(fakeopenai.Reply{Text: "답"}))
	r := ask()
	r.Params.MaxCompletionTokens, r.Params.ReasoningEffort = new(2000), "low"
	r.Params.Extra = map[string]any{"verbosity": "low"}
	_, err := client(t, model.Target{BaseURL: s.URL(), ID: "o4-mini"}).Complete(t.Context(), r)
	require.NoError(t, err)
	fields := s.Requests()[0].Fields
	require.InDelta(t, 2000, fields["max_completion_tokens"], 0)
	require.Equal(t, "low", fields["reasoning_effort"])
	require.Equal(t, "low", fields["verbosity"])
	require.Equal(t, false, fields["stream"])
	for _, absent := range []string{"max_tokens", "temperature", "top_p", "n"} {
		require.NotContains(t, fields, absent)
	}
}
