package page_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"promptbench/internal/chromium"
	"promptbench/internal/report/reporttest"
)

// What the other tests hold to be absent is seen where it is there.
func TestBrowserSeesFaults(t *testing.T) {
	t.Parallel()
	p := open(t, `<html data-ready><script>console.error("x"); nothing()</script><img src="file:///nowhere.png">`, "")
	p.mu.Lock()
	defer p.mu.Unlock()
	all := strings.Join(p.faults, "\n")
	require.Contains(t, all, "console: error")
	require.Contains(t, all, "exception: Uncaught")
	require.Contains(t, all, "a request for file:///nowhere.png")
}

func TestBrowserListsAndFilters(t *testing.T) {
	t.Parallel()
	p := open(t, pair(t, reporttest.Run("v3", 2), reporttest.Run("v4", 2)), "")
	all := p.ids()
	require.Len(t, all, 24)
	require.Equal(t, "24 cases", p.count())
	require.Equal(t, []string{"dentist-tomorrow-10", "dentist-tomorrow-10-01"}, all[:2], "what newly fails comes first")
	require.False(t, eval[bool](p, `!!document.querySelector(".plain")`), "the table without a script is gone")

	choose := func(name, value string) {
		t.Helper()
		eval[chromedp.Void](p, fmt.Sprintf(`{const s = document.querySelector("[name=%s]"); s.value = %q; s.dispatchEvent(new Event("input", {bubbles: true}))}`, name, value))
	}
	choose("change", "newly_passes")
	require.Equal(t, []string{"full-width", "full-width-01", "gym-weekly", "gym-weekly-01", "python-script", "python-script-01", "trip-busan", "trip-busan-01"}, p.ids())
	require.Equal(t, "8 of 24 cases", p.count())
	choose("grader", "subtodo_count")
	require.Equal(t, []string{"full-width", "full-width-01", "gym-weekly", "gym-weekly-01"}, p.ids())
	choose("tag", "health")
	require.Equal(t, []string{"gym-weekly", "gym-weekly-01"}, p.ids())
	choose("type", "question")
	require.Empty(t, p.ids())
	p.do(chromedp.Click(chromedp.CSS(".reset")))
	require.Len(t, p.ids(), 24)

	// Typing narrows by id, input and reply, each word by itself.
	p.keys("/")
	p.write("공원 👨‍👩‍👧")
	require.Equal(t, "공원 👨‍👩‍👧", eval[string](p, `document.querySelector("[name=text]").value`))
	require.Equal(t, []string{"family-park-joined-emoji", "family-park-joined-emoji-01"}, p.ids())
	p.keys(kb.Escape)
	require.Len(t, p.ids(), 24)

	choose("sort", "case")
	require.True(t, slices.IsSorted(p.ids()))
	choose("sort", "drop")
	require.Equal(t, []string{"family-park-joined-emoji", "family-park-joined-emoji-01", "dentist-tomorrow-10"}, p.ids()[:3])

	// A cell of the types narrows to its replies.
	p.do(chromedp.Click(chromedp.CSS(`.confusion[data-side="1"] td[data-expected="answer"][data-returned="question"] button`)))
	require.Equal(t, []string{"dentist-tomorrow-10", "dentist-tomorrow-10-01"}, p.ids())
	p.do(chromedp.Click(chromedp.CSS(".chosen")))
	require.Len(t, p.ids(), 24)
	p.sound()
}

func TestBrowserOpensACase(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Dirty(), reporttest.Run("v4", 1))
	p := open(t, pair(t, base, head), "case=dentist-tomorrow-10")
	text := eval[string](p, `document.querySelector(".detail").innerText`)
	for _, want := range []string{
		"내일 오전 10시에 치과 가기", "type answer", "group dentist", "read as xml: answer, 2 items", "ＡＢＣ 챙기기",
		"fence", "the document stands in a code fence", "700 tokens in, 60 out", "1400 ms", "finish stop",
		"replayed from 20261122T000000Z-v3-example-model-ffffff", "unscored: the judge gave no verdict", "does not apply: it applies to question",
		"✓ 1.00", "✗ 0.00", "the reply is question, answer is expected",
	} {
		require.Contains(t, text, want)
	}
	require.Contains(t, eval[string](p, `document.querySelector(".side details pre").textContent`), "시간이 있으니\n나눌 수 있다.")
	require.NotEmpty(t, eval[[]string](p, `[...document.querySelectorAll(".side:nth-child(1) pre del")].map(e => e.textContent)`), "words that only the base has")
	require.NotEmpty(t, eval[[]string](p, `[...document.querySelectorAll(".side:nth-child(2) pre ins")].map(e => e.textContent)`), "words that only the head has")

	// The keys go on from here, reading.
	require.Equal(t, "dentist-tomorrow-10", eval[string](p, `document.activeElement.textContent`))
	p.keys("j")
	require.Equal(t, "dentist-tomorrow-casual", eval[string](p, `document.activeElement.textContent`))
	require.Equal(t, "case dentist-tomorrow-casual", eval[string](p, `[...document.querySelectorAll(".detail")].map(d => d.getAttribute("aria-label")).join()`))
	require.Equal(t, "#case=dentist-tomorrow-casual", eval[string](p, `location.hash`))
	p.keys("k")
	require.Equal(t, "true", eval[string](p, `document.activeElement.getAttribute("aria-expanded")`))
	p.keys(kb.Escape)
	require.Equal(t, 0, eval[int](p, `document.querySelectorAll(".detail").length`))
	p.keys(kb.Enter)
	require.Equal(t, 1, eval[int](p, `document.querySelectorAll(".detail").length`))
	p.keys("k")
	require.Equal(t, "dentist-tomorrow-10", eval[string](p, `document.activeElement.textContent`), "there is none before the first")

	// A link to a case that is filtered out shows it all the same.
	p.keys("/")
	p.keys("friend")
	require.Equal(t, []string{"friend-appointment"}, p.ids())
	eval[chromedp.Void](p, `{document.activeElement.blur(); location.hash = "#case=trip-busan"}`)
	p.do(chromedp.WaitReady(chromedp.CSS(`[aria-label="case trip-busan"]`)))
	require.Len(t, p.ids(), 12)

	p.keys("?")
	require.True(t, eval[bool](p, `document.getElementById("keys").open`))
	p.do(chromedp.Click(chromedp.CSS("#keys button")))
	require.False(t, eval[bool](p, `document.getElementById("keys").open`))
	p.sound()
}

func TestBrowserShowsTrials(t *testing.T) {
	t.Parallel()
	p := open(t, single(t, reporttest.Repeated()), "case=friend-appointment")
	require.Equal(t, []string{"1", "2", "3"}, eval[[]string](p, `[...document.querySelectorAll(".trials button")].map(b => b.textContent)`))
	before := eval[string](p, `document.querySelector(".side pre").textContent`)
	p.do(chromedp.Click(chromedp.CSS(".trials button:nth-of-type(2)")))
	require.NotEqual(t, before, eval[string](p, `document.querySelector(".side pre").textContent`))
	require.Equal(t, "true", eval[string](p, `document.querySelector(".trials button:nth-of-type(2)").getAttribute("aria-pressed")`))
	require.Contains(t, eval[string](p, `document.querySelector(".scores").innerText`), "✓✗✗")
	p.sound()
}

// A reply is text, whatever it is.
func TestBrowserShowsHostileRepliesAsText(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	for name, text := range map[string]string{"pair": pair(t, base, head), "run": single(t, reporttest.Hostile("v4"))} {
		p := open(t, text, "")
		elements := eval[int](p, `document.querySelectorAll("img, iframe, a[href^='javascript'], svg[onload]").length`)
		require.Zero(t, elements, name)
		for _, id := range p.ids() {
			eval[chromedp.Void](p, fmt.Sprintf(`document.querySelector("[data-result]") && (location.hash = "#case=" + encodeURIComponent(%q))`, id))
			p.do(chromedp.WaitReady(chromedp.CSS(fmt.Sprintf("[aria-label=%q]", "case "+id))))
		}
		require.Equal(t, len(reporttest.Attacks()), eval[int](p, `document.querySelectorAll(".detail").length`))
		for _, attack := range []string{"script", "close", "image", "address", "template", "fold"} {
			shown := eval[string](p, fmt.Sprintf(`document.querySelector("[aria-label='case %s'] .asked").textContent`, attack))
			require.Equal(t, reporttest.Attacks()[attack], shown, name)
			shown = eval[string](p, fmt.Sprintf(`document.querySelector("[aria-label='case %s'] .side:last-child > pre").textContent`, attack))
			require.Equal(t, fmt.Sprintf("%s\nv4 says %s", reporttest.Attacks()[attack], reporttest.Attacks()[attack]), shown, name)
		}
		require.Zero(t, eval[int](p, `document.querySelectorAll("img, iframe, a[href^='javascript'], main script:not(.data)").length`), name)
		require.True(t, eval[bool](p, `window.pwned === undefined`), name)
		p.sound()
	}
}

// Nothing is wider than the screen, in whatever light.
func TestBrowserFitsEveryScreen(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	for name, text := range map[string]string{
		"hostile": pair(t, base, head), "pair": pair(t, reporttest.Run("v3", 1), reporttest.Run("v4", 1)), "run": single(t, reporttest.Repeated()),
	} {
		p := open(t, text, "")
		eval[chromedp.Void](p, `{document.querySelectorAll("details").forEach(d => d.open = true); for (const b of [...document.querySelectorAll(".list h3 button")].slice(0, 12)) b.click()}`)
		for _, width := range []int64{320, 400, 760, 1000, 1280, 2000} {
			for _, dark := range []bool{false, true} {
				p.do(chromium.View(width, 900, 1, dark))
				wide := eval[int64](p, `document.documentElement.scrollWidth`)
				require.LessOrEqual(t, wide, width, "%s at %d", name, width)
				out := eval[[]string](p, `[...document.querySelectorAll("main *")].filter(e => !e.closest(".scroll > *, pre > *") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))`)
				require.Empty(t, out, "%s at %d", name, width)
			require.LessOrEqual(t, eval[int64](p, `document.documentElement.scrollWidth`), width, "%s at %d", name, width)
			}
		}
		p.sound()
	}
}

// A link into a long list jumps there; what stands before comes on demand.
func TestBrowserJumpsIntoALongList(t *testing.T) {
	t.Parallel()
	p := open(t, pair(t, reporttest.Large("v3", 1000), reporttest.Large("v4", 1000)), "")
	all := eval[[]string](p, `(async () => { dispatchEvent(new Event("beforeprint")); dispatchEvent(new Event("afterprint")); return [...document.querySelectorAll(".list h3 button")].map(b => b.textContent) })()`)
	require.Len(t, all, 1000)
	p = open(t, pair(t, reporttest.Large("v3", 1000), reporttest.Large("v4", 1000)), "case="+all[700])
	require.Equal(t, all[695:700], p.ids()[:5])
	p.keys("k")
	require.Equal(t, all[699], eval[string](p, `document.activeElement.textContent`))
	for range 6 {
		p.keys("k")
	}
	require.Equal(t, all[693], eval[string](p, `document.activeElement.textContent`))
	require.Equal(t, all[635:640], p.ids()[:5], "going back brings a batch")
	p.do(chromedp.Click(chromedp.CSS(".more button")))
	require.Equal(t, all[575:580], p.ids()[:5])
	eval[chromedp.Void](p, `dispatchEvent(new Event("beforeprint"))`)
	require.Equal(t, all, p.ids(), "all are printed, from the first")
	p.sound()
}

func TestBrowserPrintsAllRows(t *testing.T) {
	t.Parallel()
	p := open(t, pair(t, reporttest.Large("v3", 300), reporttest.Large("v4", 300)), "")
	require.Less(t, len(p.ids()), 300, "rows come as they are looked at")
	eval[chromedp.Void](p, `dispatchEvent(new Event("beforeprint"))`)
	require.Len(t, p.ids(), 300)
	require.True(t, eval[bool](p, `[...document.querySelectorAll("details.fold")].every(d => d.open)`))
	pdf, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(pdf.Data), "%PDF-"))
	eval[chromedp.Void](p, `dispatchEvent(new Event("afterprint"))`)
	require.False(t, eval[bool](p, `[...document.querySelectorAll("details.fold")].some(d => d.open)`))
	p.sound()
}

// axe-core finds nothing that is serious, whatever is open and in whatever
// light.
func TestBrowserIsAccessible(t *testing.T) {
	t.Parallel()
	const where = "PROMPTBENCH_AXE"
	if os.Getenv(where) == "" {
		missing(t, where+" does not name the file axe.min.js; npm ci --prefix tools/axe puts it at tools/axe/node_modules/axe-core/axe.min.js")
	}
	axe, err := os.ReadFile(os.Getenv(where))
	require.NoError(t, err)
	base, head := withPrompts(reporttest.Dirty(), reporttest.Run("v4", 1))
	for name, text := range map[string]string{"pair": pair(t, base, head), "run": single(t, reporttest.Repeated()), "plain": strings.ReplaceAll(pair(t, base, head), "<script>", "<!--")} {
		p := &tab{}
		if name == "plain" {
			text = strings.Replace(text, "<html ", "<html data-ready ", 1)
		}
		p = open(t, text, "case=dentist-tomorrow-10", chromedp.Func(bypassPolicy))
		eval[chromedp.Void](p, string(axe))
		for _, open := range []bool{false, true} {
			eval[chromedp.Void](p, fmt.Sprintf(`document.querySelectorAll("details").forEach(d => d.open = %t)`, open))
			for _, dark := range []bool{false, true} {
				for _, width := range []int64{400, 1280} {
					p.do(chromium.View(width, 900, 1, dark))
					found := eval[[]string](p, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html.slice(0, 150) + " " + n.failureSummary).join(" | ")))`)
					require.Empty(t, found, "%s, dark %t, %d wide", name, dark, width)
				}
			}
		}
	}
}
