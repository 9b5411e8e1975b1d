package view_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/view"
	"promptbench/internal/testing/chromium/chromiumtest"
)

// From the list to a comparison, a run and the history, in a real browser and
// under the policy of the pages.
func TestBrowserGoesThroughThePages(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	host := server.Listener.Addr().String()
	server.Config.Handler = view.Handler(made(), []string{host}, token)
	server.Start()
	t.Cleanup(server.Close)

	title := func(p *chromiumtest.Tab) string { return chromiumtest.Eval[string](p, `document.title`) }
	p := chromiumtest.Visit(t, server.URL, "/"+token+"/")
	require.Equal(t, "Runs · promptbench", title(p))
	p.Click(".pick button")
	p.Wait("html[data-ready]")
	require.Equal(t, "v4 against v3 · promptbench", title(p), "the newest against the one before")
	require.Equal(t, 12, chromiumtest.Eval[int](p, `document.querySelectorAll(".list h3").length`))
	p.Click(`.bar a[href="history"]`)
	p.Wait(".charts")
	require.Equal(t, "History of subtodos · promptbench", title(p))
	p.Click(".runs a")
	p.Wait("html[data-ready]")
	require.True(t, strings.HasSuffix(title(p), " on subtodos · promptbench"))
	p.Sound()
}
