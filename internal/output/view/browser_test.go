package view_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"promptbench/internal/input/media"
	"promptbench/internal/output/view"
	"promptbench/internal/record/label"
	"promptbench/internal/testing/chromium"
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

// The images of a case are shown where the page is served, from their files.
func TestBrowserShowsImages(t *testing.T) {
	t.Parallel()
	s := made()
	for i := range s["v3"].Cases {
		s["v3"].Cases[i].Attachments = []media.Attachment{
			{Path: "photos/memo.png", Type: "image/png", SHA256: "abc"}, {Type: "image/png", SHA256: "of a data URL"},
		}
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = view.Handler(s, []string{server.Listener.Addr().String()}, token)
	server.Start()
	t.Cleanup(server.Close)
	p := chromiumtest.Visit(t, server.URL, "/"+token+"/run?id="+id("v3")+"#case=gym-weekly")
	p.Wait(".pictures img")
	require.Equal(t, []string{"photos/memo.png (image/png, SHA-256 abc)"}, chromiumtest.Eval[[]string](
		p, `Promise.all([...document.querySelectorAll(".pictures img")].map(async (i) => (await i.decode(), i.alt)))`))
	p.Sound()
}

// The pages to label fit a phone, and axe-core finds nothing that is serious, in both languages and whatever light.
func TestBrowserLabelPagesAreAccessible(t *testing.T) {
	t.Parallel()
	axe := chromiumtest.Axe(t)
	for _, language := range []string{"en", "ko"} {
		p, cases := &person{}, &proposed{}
		server := httptest.NewUnstartedServer(nil)
		labels := view.LabelHandler(p, cases, []string{server.Listener.Addr().String()}, token)
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Accept-Language", language)
			labels.ServeHTTP(w, r)
		})
		server.Start()
		t.Cleanup(server.Close)
		at := server.URL + "/" + token + "/"
		tab := chromiumtest.Visit(t, server.URL, "/"+token+"/")
		tab.Do(chromiumtest.BypassPolicy())
		look := func(path string) {
			tab.Do(chromedp.Navigate(at + path))
			tab.Run(axe)
			for _, dark := range []bool{false, true} {
				for _, width := range []int64{400, 1280} {
					tab.Do(chromium.View(width, 900, 1, dark))
					require.Empty(t, tab.Violations(), "%q in %s, dark %t, %d wide", path, language, dark, width)
					require.LessOrEqual(t, chromiumtest.Eval[int64](tab, `document.documentElement.scrollWidth`), width, path)
				}
			}
		}
		look("")
		require.Equal(t, language, chromiumtest.Eval[string](tab, `document.documentElement.lang`))
		for i, q := range questions() {
			require.NoError(t, p.Answer(false, q.Key(), label.Yes, "좋음"))
			lee := p.labels[i]
			lee.Labeller, lee.Answer = "lee", []label.Answer{label.Yes, label.No}[i%2]
			p.others = append(p.others, lee)
			look("")
		}
		look("agreement")
		look("cases")

		// A case by keyboard: its type, a range, and Enter.
		tab.Do(chromium.View(400, 900, 1, false))
		tab.Keys("2")
		require.Equal(t, "question", chromiumtest.Eval[string](tab, `document.querySelector(":checked").value`))
		tab.Keys("\t")
		tab.Keys("3")
		tab.Keys(kb.Enter)
		tab.Wait(`html[data-ready] progress[value="1"]`)
		tab.Keys("x")
		tab.Wait(`html[data-ready] progress[value="2"]`)
		tab.Keys("u")
		tab.Wait(`html[data-ready] progress[value="1"]`)
		said := label.LatestCases(cases.labels)
		require.Len(t, said, 1)
		require.Equal(t, "question", said[0].Type)
		require.Equal(t, 3, *said[0].Count.Min)
		look("cases")
		tab.Sound()
	}
}
