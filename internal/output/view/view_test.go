package view_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
	"promptbench/internal/output/view"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/reporttest"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/history"
	"promptbench/internal/verdict/summary"
)

// dot is a PNG of one pixel.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// runs are made-up ones, by path.
type runs map[string]*runfile.Run

func (r runs) Runs() ([]runfile.Found, error) {
	var out []runfile.Found
	for _, path := range []string{"blame", "v4", "v3"} {
		if run := r[path]; run != nil {
			out = append(out, runfile.Found{Path: path, Header: run.Header, Status: runfile.Complete, End: run.End})
		}
	}
	return out, nil
}

func (r runs) Run(path string) (report.Run, error) {
	return report.Run{Summary: summary.Of(r[path], nil), Run: r[path]}, nil
}

func (r runs) Blame(string) (blame.Result, error) {
	change, run, err := reporttest.Blamed()
	if err != nil {
		return blame.Result{}, err
	}
	return change.Of(run, blame.Options{Gating: []string{"case_type"}, Margin: compare.DefaultMargin}), nil
}

func (r runs) Image(path, sha256 string) (data []byte, mediaType string, err error) {
	if path != "v3" || sha256 != "abc" {
		return nil, "", errors.New("no such image")
	}
	data, err = base64.StdEncoding.DecodeString(dot)
	return data, "image/png", err
}

func (r runs) Compare(_ context.Context, base, head string) (report.Pair, error) {
	c, err := compare.Compare(r[base], r[head], compare.Options{Samples: 1000})
	return report.Pair{Comparison: c, Base: r[base], Head: r[head]}, err
}

func (r runs) Standings(_ context.Context, list []runfile.Found) (map[string]compare.Standing, error) {
	mean, verdict, out := 0.5, compare.Regressed, map[string]compare.Standing{}
	for _, f := range list {
		out[f.Path] = compare.Standing{
			Cases: 6, Done: 6, Scores: []compare.Score{{Grader: "case_type", Mean: &mean}}, Base: "b", BaseName: "v3",
			Verdict: &verdict,
		}
	}
	return out, nil
}

func (r runs) History(string, string) (history.History, error) {
	h := history.History{Suite: "subtodos"}
	for _, run := range r {
		h.Add(history.Of(run))
	}
	return h, nil
}

func made() runs {
	return runs{"v3": reporttest.Run("v3", 1), "v4": reporttest.Run("v4", 1)}
}

// A run on variants of a change is listed, can't be chosen to be compared, and shows what each hunk does.
func TestBlamePage(t *testing.T) {
	t.Parallel()
	_, run, err := reporttest.Blamed()
	require.NoError(t, err)
	s := made()
	s["blame"] = run
	at := run.Header.Run
	list := ask(s, http.MethodGet, "/", nil).body
	require.Contains(t, list, `href="run?id=`+at+`"`)
	require.Contains(t, list, "blame of "+fmt.Sprint(len(run.Header.Blame.Hunks))+" hunks")
	require.NotContains(t, list, `value="`+at+`"`)
	page := ask(s, http.MethodGet, "/run?id="+at, nil)
	require.Equal(t, http.StatusOK, page.status)
	for _, want := range []string{"<h2 id=\"hunks\">Hunks</h2>", "with the effect of each hunk", `<a href="./">Runs</a>`} {
		require.Contains(t, page.body, want)
	}
	require.NotContains(t, page.body, "<script>window.pwned")
	for _, target := range []string{"/compare?base=" + at + "&head=" + id("v3"), "/compare?base=" + id("v3") + "&head=" + at} {
		require.Equal(t, http.StatusNotFound, ask(s, http.MethodGet, target, nil).status, target)
	}
}

// An image is served with its type, to pages of this server alone.
func TestImage(t *testing.T) {
	t.Parallel()
	ok := ask(made(), http.MethodGet, "/image?run="+id("v3")+"&sha256=abc", nil)
	require.Equal(t, "image/png", ok.header.Get("Content-Type"))
	require.Equal(t, "image/png", http.DetectContentType([]byte(ok.body)))
	require.Equal(t, "nosniff", ok.header.Get("X-Content-Type-Options"))
	for _, target := range []string{"?run=" + id("v4") + "&sha256=abc", "?run=" + id("v3") + "&sha256=x", "?run=x&sha256=abc", ""} {
		r := ask(made(), http.MethodGet, "/image"+target, nil)
		require.Equal(t, http.StatusNotFound, r.status, target)
		require.NotContains(t, r.header.Get("Content-Type"), "image")
	}
	foreign := map[string]string{"Sec-Fetch-Site": "cross-site"}
	require.Equal(t, http.StatusForbidden, ask(made(), http.MethodGet, "/image?run="+id("v3")+"&sha256=abc", foreign).status)
}

// broken answers everything with an error.
type broken struct{ err error }

func (b broken) Runs() ([]runfile.Found, error)     { return nil, b.err }
func (b broken) Run(string) (report.Run, error)     { return report.Run{}, b.err }
func (b broken) Blame(string) (blame.Result, error) { return blame.Result{}, b.err }
func (b broken) Image(string, string) (data []byte, mediaType string, err error) {
	return nil, "", b.err
}
func (b broken) Standings(context.Context, []runfile.Found) (map[string]compare.Standing, error) {
	return nil, b.err
}
func (b broken) History(string, string) (history.History, error) { return history.History{}, b.err }
func (b broken) Compare(context.Context, string, string) (report.Pair, error) {
	return report.Pair{}, b.err
}

// An answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

const token = "SECRET"

func ask(s view.Source, method, target string, header map[string]string) answer {
	return askAny(s, method, "/"+token+target, header)
}

func askAny(s view.Source, method, target string, header map[string]string) answer {
	r := httptest.NewRequest(method, target, http.NoBody)
	r.Host = "127.0.0.1:7000"
	for k, v := range header {
		if k == "Host" {
			r.Host = v
		}
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	view.Handler(s, []string{"127.0.0.1:7000", "localhost:7000"}, token).ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func id(name string) string { return reporttest.Run(name, 0).Header.Run }

func TestPages(t *testing.T) {
	t.Parallel()
	for target, want := range map[string][]string{
		"/": {
			"<title>Runs · promptbench</title>", `href="run?id=` + id("v4") + `"`, `name="base" value="` + id("v3") + `"`,
			`<a href="history">`, "form-action 'self'",
		},
		"/run?id=" + id("v3"): {"<title>v3 on subtodos · promptbench</title>", `<a href="./">Runs</a>`},
		"/compare?base=" + id("v3") + "&head=" + id("v4"): {
			"<title>v4 against v3 · promptbench</title>", "v4 fixes 3 cases and breaks 2 at case_type",
		},
		"/history": {
			"<h1>History of subtodos</h1>", `Other histories: <a href="history?model=local&amp;suite=subtodos">`,
			`<a href="run?id=` + id("v3") + `">`},
	} {
		r := ask(made(), http.MethodGet, target, nil)
		text := r.body
		require.Equal(t, http.StatusOK, r.status, target)
		require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"))
		for _, w := range want {
			require.Contains(t, text, w, target)
		}
		for _, name := range []string{
			"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy",
		} {
			require.NotEmpty(t, r.header.Get(name), "%s of %s", name, target)
		}
		require.Equal(t, "no-store", r.header.Get("Cache-Control"), "users' words stay out of caches")
	}
	r := ask(runs{}, http.MethodGet, "/", nil)
	require.Contains(t, r.body, "No runs yet")
	require.Equal(t, http.StatusOK, ask(made(), http.MethodHead, "/", nil).status)
}

// Only the person at this machine gets an answer, and nothing can be changed.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		header map[string]string
		want   int
	}{
		"a name that points here": {http.MethodGet, map[string]string{"Host": "evil.example:7000"}, http.StatusForbidden},
		"no port":                 {http.MethodGet, map[string]string{"Host": "127.0.0.1"}, http.StatusForbidden},
		"another port":            {http.MethodGet, map[string]string{"Host": "127.0.0.1:7001"}, http.StatusForbidden},
		"another page's script": {
			http.MethodGet, map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden,
		},
		"no origin to speak of": {http.MethodGet, map[string]string{"Origin": "null"}, http.StatusForbidden},
		"https of ours": {
			http.MethodGet, map[string]string{"Origin": "https://127.0.0.1:7000"}, http.StatusForbidden,
		},
		"another page's image": {http.MethodGet, map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"a neighbour's page":   {http.MethodGet, map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		"our page": {
			http.MethodGet, map[string]string{"Origin": "http://127.0.0.1:7000", "Sec-Fetch-Site": "same-origin"}, http.StatusOK,
		},
		"the address bar": {http.MethodGet, map[string]string{"Sec-Fetch-Site": "none"}, http.StatusOK},
		"localhost":       {http.MethodGet, map[string]string{"Host": "localhost:7000"}, http.StatusOK},
		"post":            {http.MethodPost, nil, http.StatusMethodNotAllowed},
		"delete":          {http.MethodDelete, nil, http.StatusMethodNotAllowed},
		"options":         {http.MethodOptions, nil, http.StatusMethodNotAllowed},
		"post from another page": {
			http.MethodPost, map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden,
		},
	} {
		r := ask(made(), c.method, "/", c.header)
		require.Equal(t, c.want, r.status, name)
		if c.want != http.StatusOK {
			require.NotContains(t, r.body, "v3", name)
		}
		require.Empty(t, r.header.Get("Access-Control-Allow-Origin"))
	}
}

// Other users of this machine reach the port, and know no token.
func TestToken(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"/", "/run?id=" + id("v3"), "/history", "/SECRE/", "/SECRET", "/secret/", "/SECRETX/", "//SECRET/", "/?token=", "/?token=SECRE",
		"/?token=SECRET2",
	} {
		r := askAny(made(), http.MethodGet, target, nil)
		require.Equal(t, http.StatusForbidden, r.status, target)
		require.Contains(t, r.body, "open the address that promptbench view printed", target)
		require.NotContains(t, r.body, "v3", target)
	}
	r := askAny(made(), http.MethodGet, "/history?token=SECRET", nil)
	require.Equal(t, http.StatusSeeOther, r.status)
	require.Equal(t, "/SECRET/history", r.header.Get("Location"))
}

// Names are looked up, never opened.
func TestUnknownRuns(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"/run", "/run?id=", "/run?id=../../etc/passwd", "/run?id=/etc/passwd", "/run?id=v3",
		"/run?id=%3Cscript%3Ewindow.pwned=1%3C/script%3E",
		"/compare?base=" + id("v3"), "/compare?base=nothing&head=" + id("v3"),
	} {
		r := ask(made(), http.MethodGet, target, nil)
		text := r.body
		require.Equal(t, http.StatusNotFound, r.status, target)
		require.Contains(t, text, "There is no such run", target)
		require.NotContains(t, text, "<script>window.pwned")
	}
	for _, target := range []string{"/runs/recorded/v3.jsonl", "/../promptbench.yaml", "/run/", "/static/"} {
		require.NotEqual(t, http.StatusOK, ask(made(), http.MethodGet, target, nil).status, target)
	}
	require.Equal(t, http.StatusNoContent, askAny(made(), http.MethodGet, "/favicon.ico", nil).status)
}

func TestErrorsAreSaid(t *testing.T) {
	t.Parallel()
	r := ask(made(), http.MethodGet, "/compare?base="+id("v3")+"&head="+id("v3"), nil)
	require.Equal(t, http.StatusConflict, r.status)
	require.Contains(t, r.body, "are the same prompt")
	for want, err := range map[int]error{
		http.StatusInternalServerError: fmt.Errorf("reading runs: %w", errors.New("disk <gone>")),
		http.StatusConflict:            problem.List{{Message: "disk <gone>"}},
	} {
		r := ask(broken{err}, http.MethodGet, "/", nil)
		require.Equal(t, want, r.status)
		require.Contains(t, r.body, "disk &lt;gone&gt;")
	}
	require.Equal(t, http.StatusInternalServerError, ask(broken{io.EOF}, http.MethodGet, "/history", nil).status)
}
