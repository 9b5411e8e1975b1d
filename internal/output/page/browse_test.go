package page_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"promptbench/internal/output/page"
	"promptbench/internal/testing/chromium"
	"promptbench/internal/testing/chromium/chromiumtest"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/verdict/compare"
)

// ids are the cases that are listed.
func ids(p *chromiumtest.Tab) []string {
	return chromiumtest.Eval[[]string](p, `[...document.querySelectorAll(".list h3 button")].map(b => b.textContent)`)
}

// ready is a page without a script, which is ready at once.
func ready(text string) string { return strings.Replace(text, "<html ", "<html data-ready ", 1) }

func count(p *chromiumtest.Tab) string {
	return chromiumtest.Eval[string](p, `document.querySelector(".count").value`)
}

// What the other tests hold to be absent is seen where it is there.
func TestBrowserSeesFaults(t *testing.T) {
	t.Parallel()
	p := chromiumtest.File(
		t, `<html data-ready><script>console.error("x"); nothing()</script><img src="file:///nowhere.png">`, "",
	)
	all := strings.Join(p.Faults(), "\n")
	require.Contains(t, all, "console: error")
	require.Contains(t, all, "exception: Uncaught")
	require.Contains(t, all, "a request for file:///nowhere.png")
}

func TestBrowserListsAndFilters(t *testing.T) {
	t.Parallel()
	p := chromiumtest.File(t, pair(t, reporttest.Run("v3", 2), reporttest.Run("v4", 2)), "")
	all := ids(p)
	require.Len(t, all, 24)
	require.Equal(t, "24 cases", count(p))
	require.Equal(t, []string{"family-park-joined-emoji", "family-park-joined-emoji-01"}, all[:2], "the worst comes first")
	require.False(
		t, chromiumtest.Eval[bool](p, `!!document.querySelector(".plain")`), "the table without a script is gone",
	)

	choose := func(name, value string) {
		t.Helper()
		p.Run(
			fmt.Sprintf(
				`{const s = document.querySelector("[name=%s]"); s.value = %q;
				s.dispatchEvent(new Event("input", {bubbles: true}))}`,
				name, value,
			),
		)
	}
	choose("change", "newly_passes")
	require.Equal(
		t,
		[]string{
			"gym-weekly", "gym-weekly-01", "trip-busan", "trip-busan-01", "full-width", "full-width-01", "python-script",
			"python-script-01",
		},
		ids(p),
	)
	require.Equal(t, "8 of 24 cases", count(p))
	choose("grader", "subtodo_count")
	require.Equal(t, []string{"gym-weekly", "gym-weekly-01", "full-width", "full-width-01"}, ids(p))
	choose("tag", "health")
	require.Equal(t, []string{"gym-weekly", "gym-weekly-01"}, ids(p))
	choose("type", "question")
	require.Empty(t, ids(p))
	p.Click(".reset")
	require.Len(t, ids(p), 24)

	// Typing narrows by id, input and reply, each word by itself.
	p.Keys("/")
	p.Write("공원 👨‍👩‍👧")
	require.Equal(t, "공원 👨‍👩‍👧", chromiumtest.Eval[string](p, `document.querySelector("[name=text]").value`))
	require.Equal(t, []string{"family-park-joined-emoji", "family-park-joined-emoji-01"}, ids(p))
	p.Keys(kb.Escape)
	require.Len(t, ids(p), 24)

	choose("sort", "case")
	require.True(t, slices.IsSorted(ids(p)))
	choose("sort", "drop")
	require.Equal(
		t, []string{"family-park-joined-emoji", "family-park-joined-emoji-01", "dentist-tomorrow-10"}, ids(p)[:3],
	)

	// A cell of the types narrows to its replies.
	p.Click(`.confusion[data-side="1"] td[data-expected="answer"][data-returned="question"] button`)
	require.Equal(t, []string{"dentist-tomorrow-10", "dentist-tomorrow-10-01"}, ids(p))
	p.Click(".chosen")
	require.Len(t, ids(p), 24)
	p.Sound()
}

func TestBrowserOpensACase(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Dirty(), reporttest.Run("v4", 1))
	p := chromiumtest.File(t, pair(t, base, head), "case=dentist-tomorrow-10")
	text := chromiumtest.Eval[string](p, `document.querySelector(".detail").innerText`)
	for _, want := range []string{
		"내일 오전 10시에 치과 가기", "type answer", "group dentist", "read as xml, type answer, 2 items", "ＡＢＣ 챙기기",
		"fence", "the document stands in a code fence", "700 tokens in, 60 out", "1400 ms", "finish stop",
		"replayed from 20261122T000000Z-v3-example-model-ffffff", "unscored: the judge gave no verdict",
		"not applicable: it applies to question",
		"✓ 1.00", "✗ 0.00", "the reply is question, answer is expected",
	} {
		require.Contains(t, text, want)
	}
	require.Contains(
		t, chromiumtest.Eval[string](p, `document.querySelector(".side details pre").textContent`), "시간이 있으니\n나눌 수 있다.",
	)
	require.NotEmpty(
		t,
		chromiumtest.Eval[[]string](
			p, `[...document.querySelectorAll(".side:nth-child(1) pre del")].map(e => e.textContent)`,
		),
		"words that only the base has",
	)
	require.NotEmpty(
		t,
		chromiumtest.Eval[[]string](
			p, `[...document.querySelectorAll(".side:nth-child(2) pre ins")].map(e => e.textContent)`,
		),
		"words that only the head has",
	)

	// The keys go on from here, reading.
	require.Equal(t, "dentist-tomorrow-10", chromiumtest.Eval[string](p, `document.activeElement.textContent`))
	p.Keys("j")
	require.Equal(t, "dentist-tomorrow-casual", chromiumtest.Eval[string](p, `document.activeElement.textContent`))
	require.Equal(
		t, "case dentist-tomorrow-casual",
		chromiumtest.Eval[string](
			p, `[...document.querySelectorAll(".detail")].map(d => d.getAttribute("aria-label")).join()`,
		),
	)
	require.Equal(t, "#case=dentist-tomorrow-casual", chromiumtest.Eval[string](p, `location.hash`))
	p.Keys("k")
	require.Equal(t, "true", chromiumtest.Eval[string](p, `document.activeElement.getAttribute("aria-expanded")`))
	p.Keys(kb.Escape)
	require.Equal(t, 0, chromiumtest.Eval[int](p, `document.querySelectorAll(".detail").length`))
	p.Keys(kb.Enter)
	require.Equal(t, 1, chromiumtest.Eval[int](p, `document.querySelectorAll(".detail").length`))
	p.Keys("k")
	p.Keys("k")
	require.Equal(
		t, "family-park-joined-emoji", chromiumtest.Eval[string](p, `document.activeElement.textContent`),
		"there is none before the first",
	)

	// A link to a case that is filtered out shows it all the same.
	p.Keys("/")
	p.Keys("friend")
	require.Equal(t, []string{"friend-appointment"}, ids(p))
	p.Run(`{document.activeElement.blur(); location.hash = "#case=trip-busan"}`)
	p.Wait(`[aria-label="case trip-busan"]`)
	require.Len(t, ids(p), 12)

	p.Keys("?")
	require.True(t, chromiumtest.Eval[bool](p, `document.getElementById("keys").open`))
	p.Click("#keys button")
	require.False(t, chromiumtest.Eval[bool](p, `document.getElementById("keys").open`))
	p.Sound()
}

func TestBrowserShowsTrials(t *testing.T) {
	t.Parallel()
	p := chromiumtest.File(t, single(t, reporttest.Repeated()), "case=friend-appointment")
	require.Equal(
		t, []string{"1", "2", "3"},
		chromiumtest.Eval[[]string](p, `[...document.querySelectorAll(".trials button")].map(b => b.textContent)`),
	)
	before := chromiumtest.Eval[string](p, `document.querySelector(".side pre").textContent`)
	p.Click(".trials button:nth-of-type(2)")
	require.NotEqual(t, before, chromiumtest.Eval[string](p, `document.querySelector(".side pre").textContent`))
	require.Equal(
		t, "true",
		chromiumtest.Eval[string](p, `document.querySelector(".trials button:nth-of-type(2)").getAttribute("aria-pressed")`),
	)
	require.Contains(t, chromiumtest.Eval[string](p, `document.querySelector(".scores").innerText`), "✓✗✗")
	p.Sound()
}

// A reply is text, whatever it is.
func TestBrowserShowsHostileRepliesAsText(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	for name, text := range map[string]string{"pair": pair(t, base, head), "run": single(t, reporttest.Hostile("v4"))} {
		p := chromiumtest.File(t, text, "")
		elements := chromiumtest.Eval[int](
			p, `document.querySelectorAll("img, iframe, a[href^='javascript'], svg[onload]").length`,
		)
		require.Zero(t, elements, name)
		for _, id := range ids(p) {
			p.Run(
				fmt.Sprintf(`document.querySelector("[data-result]") && (location.hash = "#case=" + encodeURIComponent(%q))`, id),
			)
			p.Wait(fmt.Sprintf("[aria-label=%q]", "case "+id))
		}
		require.Equal(t, len(reporttest.Attacks()), chromiumtest.Eval[int](p, `document.querySelectorAll(".detail").length`))
		for _, attack := range []string{"script", "close", "image", "address", "template", "fold"} {
			shown := chromiumtest.Eval[string](
				p, fmt.Sprintf(`document.querySelector("[aria-label='case %s'] .asked").textContent`, attack),
			)
			require.Equal(t, reporttest.Attacks()[attack], shown, name)
			shown = chromiumtest.Eval[string](
				p, fmt.Sprintf(`document.querySelector("[aria-label='case %s'] .side:last-child > pre").textContent`, attack),
			)
			require.Equal(
				t, fmt.Sprintf("%s\nv4 says %s", reporttest.Attacks()[attack], reporttest.Attacks()[attack]), shown, name,
			)
		}
		require.Zero(
			t,
			chromiumtest.Eval[int](
				p, `document.querySelectorAll("img, iframe, a[href^='javascript'], main script:not(.data)").length`,
			),
			name,
		)
		require.True(t, chromiumtest.Eval[bool](p, `window.pwned === undefined`), name)
		p.Sound()
	}
}

// Nothing is wider than the screen, in whatever light.
func TestBrowserFitsEveryScreen(t *testing.T) {
	t.Parallel()
	base, head := withPrompts(reporttest.Hostile("v3"), reporttest.Hostile("v4"))
	for name, text := range map[string]string{
		"hostile": pair(t, base, head), "pair": pair(
			t, reporttest.Run("v3", 1), reporttest.Run("v4", 1),
		), "run": single(t, reporttest.Repeated()),
		"history": ready(past(t)), "index": ready(index(t)), "blame": ready(blamed(t)),
		"mutants": ready(mutated(t)),
	} {
		p := chromiumtest.File(t, text, "")
		p.Run(
			`{document.querySelectorAll("details").forEach(d => d.open = true);
				for (const b of [...document.querySelectorAll(".list h3 button")].slice(0, 12)) b.click()}`,
		)
		for _, width := range []int64{320, 400, 760, 761, 800, 880, 1000, 1101, 1200, 1280, 2000} {
			for _, dark := range []bool{false, true} {
				p.Do(chromium.View(width, 900, 1, dark))
				wide := chromiumtest.Eval[int64](p, `document.documentElement.scrollWidth`)
				require.LessOrEqual(t, wide, width, "%s at %d", name, width)
				out := chromiumtest.Eval[[]string](
					p,
					`[...document.querySelectorAll("main *")]
				.filter(e => !e.closest(".scroll > *, pre > *") && e.getBoundingClientRect().right > innerWidth + 1)
				.map(e => e.outerHTML.slice(0, 80))`,
				)
				require.Empty(t, out, "%s at %d", name, width)
				require.LessOrEqual(
					t, chromiumtest.Eval[int64](p, `document.documentElement.scrollWidth`), width, "%s at %d", name, width,
				)
				over := chromiumtest.Eval[[]string](p, `[...document.querySelectorAll("svg.ticks")].flatMap(axis => {
					const at = [...axis.querySelectorAll("text")].map(t => t.getBoundingClientRect());
					return at.slice(1).filter((r, i) => r.left < at[i].right).map(r => r.left + "");
				})`)
				require.Empty(t, over, "%s at %d: labels of the axis overlap", name, width)
			}
		}
		p.Sound()
	}
}

// A long input does not push the rest of the list away; the opened case has all of it.
func TestBrowserCutsLongInputsInTheList(t *testing.T) {
	t.Parallel()
	run := reporttest.Run("v3", 1)
	for i := range run.Cases {
		run.Cases[i].Input = strings.Repeat("가나다라 ", 500) + strings.Repeat("W", 900)
	}
	p := chromiumtest.File(t, single(t, run), "")
	for _, width := range []int64{400, 800, 1280} {
		p.Do(chromium.View(width, 900, 1, false))
		tallest := chromiumtest.Eval[float64](
			p, `Math.max(...[...document.querySelectorAll(".row")].map(e => e.getBoundingClientRect().height))`,
		)
		require.Less(t, tallest, 200.0, "at %d", width)
	}
	p.Click(".list h3 button")
	require.Equal(
		t, run.Cases[0].Input, chromiumtest.Eval[string](p, `document.querySelector(".detail .asked").textContent`),
	)
	p.Sound()
}

// A reply that a transform of the suite made another text of is shown with that text.
func TestBrowserShowsWhatWasGraded(t *testing.T) {
	t.Parallel()
	run := reporttest.Run("v3", 1)
	for i := range run.Trials {
		run.Trials[i].Read.Transformed = new("<b>치과에 전화하기</b>")
	}
	p := chromiumtest.File(t, single(t, run), "")
	p.Click(".list h3 button")
	require.Equal(t, "<b>치과에 전화하기</b>", chromiumtest.Eval[string](p, `document.querySelector(".side details[open] pre").textContent`))
	p.Sound()
}

// Several comparisons stand on one page, each with filters and keys of its own.
func TestBrowserTellsResultsApart(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	several := page.New(&b, nil)
	for _, name := range []string{"v4", "v5"} {
		base, head := reporttest.Run("v3", 1), reporttest.Run("v4", 1)
		head.Header.Prompt.Name = name
		c, err := compare.Compare(base, head, compare.Options{Samples: 1000})
		require.NoError(t, err)
		require.NoError(t, several.Pair(c, base, head))
	}
	require.NoError(t, several.Close())
	p := chromiumtest.File(t, b.String(), "case=trip-busan&in=2")
	require.Equal(
		t, []string{"v4 against v3", "v5 against v3"},
		chromiumtest.Eval[[]string](p, `[...document.querySelectorAll(".results a")].map(a => a.textContent)`),
	)
	opened := `[...document.querySelectorAll(".detail")]
		.map(d => d.closest("[data-result]").id + " " + d.getAttribute("aria-label"))`
	require.Equal(t, []string{"result-2 case trip-busan"}, chromiumtest.Eval[[]string](p, opened))
	p.Keys("k")
	require.Equal(
		t, []string{"result-2 case gym-weekly"}, chromiumtest.Eval[[]string](p, opened),
		"the keys stay where the reader is",
	)
	require.Equal(t, "#case=gym-weekly&in=2", chromiumtest.Eval[string](p, `location.hash`))
	p.Keys("/")
	p.Write("치과")
	require.Equal(
		t, []int{12, 2},
		chromiumtest.Eval[[]int](p, `[...document.querySelectorAll(".list")].map(l => l.querySelectorAll("h3").length)`),
	)
	require.Empty(
		t,
		chromiumtest.Eval[[]string](
			p, `[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)`,
		),
		"ids are unique",
	)
	p.Sound()
}

// A link into a long list jumps there; earlier cases are loaded on demand.
func TestBrowserJumpsIntoALongList(t *testing.T) {
	t.Parallel()
	p := chromiumtest.File(t, pair(t, reporttest.Large("v3", 1000), reporttest.Large("v4", 1000)), "")
	all := chromiumtest.Eval[[]string](
		p,
		`(async () => { dispatchEvent(new Event("beforeprint")); dispatchEvent(new Event("afterprint"));
			return [...document.querySelectorAll(".list h3 button")].map(b => b.textContent) })()`,
	)
	require.Len(t, all, 1000)
	p = chromiumtest.File(t, pair(t, reporttest.Large("v3", 1000), reporttest.Large("v4", 1000)), "case="+all[700])
	require.Equal(t, all[695:700], ids(p)[:5])
	p.Keys("k")
	require.Equal(t, all[699], chromiumtest.Eval[string](p, `document.activeElement.textContent`))
	for range 6 {
		p.Keys("k")
	}
	require.Equal(t, all[693], chromiumtest.Eval[string](p, `document.activeElement.textContent`))
	require.Equal(t, all[635:640], ids(p)[:5], "going back brings a batch")
	p.Click(".more button")
	require.Equal(t, all[575:580], ids(p)[:5])
	p.Run(`dispatchEvent(new Event("beforeprint"))`)
	require.Equal(t, all, ids(p), "all are printed, from the first")
	p.Sound()
}

func TestBrowserPrintsAllRows(t *testing.T) {
	t.Parallel()
	p := chromiumtest.File(t, pair(t, reporttest.Large("v3", 300), reporttest.Large("v4", 300)), "")
	require.Less(t, len(ids(p)), 300, "rows come as they are looked at")
	p.Run(`dispatchEvent(new Event("beforeprint"))`)
	require.Len(t, ids(p), 300)
	require.True(t, chromiumtest.Eval[bool](p, `[...document.querySelectorAll("details.fold")].every(d => d.open)`))
	require.True(t, strings.HasPrefix(string(p.PDF()), "%PDF-"))
	p.Run(`dispatchEvent(new Event("afterprint"))`)
	require.False(t, chromiumtest.Eval[bool](p, `[...document.querySelectorAll("details.fold")].some(d => d.open)`))
	p.Sound()
}

// axe-core finds nothing that is serious, whatever is open and in whatever
// light.
func TestBrowserIsAccessible(t *testing.T) {
	t.Parallel()
	axe := chromiumtest.Axe(t)
	base, head := withPrompts(reporttest.Dirty(), reporttest.Run("v4", 1))
	for name, text := range map[string]string{"pair": pair(t, base, head), "run": single(t, reporttest.Repeated()),
		"plain":   ready(strings.ReplaceAll(pair(t, base, head), "<script>", "<!--")),
		"history": ready(past(t)), "index": ready(index(t)), "blame": ready(blamed(t)),
		"mutants": ready(mutated(t))} {
		p := chromiumtest.File(t, text, "case=dentist-tomorrow-10", chromiumtest.BypassPolicy())
		p.Run(axe)
		for _, open := range []bool{false, true} {
			p.Run(fmt.Sprintf(`document.querySelectorAll("details").forEach(d => d.open = %t)`, open))
			for _, dark := range []bool{false, true} {
				for _, width := range []int64{400, 1280} {
					p.Do(chromium.View(width, 900, 1, dark))
					require.Empty(t, p.Violations(), "%s, dark %t, %d wide", name, dark, width)
				}
			}
		}
	}
}
