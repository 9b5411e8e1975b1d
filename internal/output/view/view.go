// Package view serves the runs directory to the browser of the person at this
// machine: a list of the runs, each run, any two of them compared, and the
// history.
//
// Runs hold users' words, so nobody else may read them. The handler answers on
// the loopback interface under its own name alone, which keeps out pages that
// point a name of theirs at this machine, and only to addresses that begin with
// a secret, which keeps out other users of the machine. It refuses what other
// pages ask for, and changes nothing.
package view

import (
	"bytes"
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/page"
	"promptbench/internal/output/phrase"
	"promptbench/internal/output/report"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/history"
)

// A Source is where the runs come from.
type Source interface {
	// Runs lists the runs, the newest first.
	Runs() ([]runfile.Found, error)
	// Standings says how runs did, by path.
	Standings(ctx context.Context, runs []runfile.Found) (map[string]compare.Standing, error)
	// Run loads a run in full.
	Run(path string) (report.Run, error)
	// Blame loads a run on variants of a change and says what each hunk of the change does.
	Blame(path string) (blame.Result, error)
	// Image returns an image of the cases of a run by its hash, with its media type.
	Image(path, sha256 string) (data []byte, mediaType string, err error)
	// Compare loads two runs in full and compares them.
	Compare(ctx context.Context, base, head string) (report.Pair, error)
	// History puts the runs of a suite on a model into the order of time; by default those of the newest.
	History(suite, model string) (history.History, error)
}

// Handler serves a source. Hosts are the names, with their ports, under which it
// may be asked for. Every path begins with the token; links within pages are
// relative to it.
func Handler(s Source, hosts []string, token string) http.Handler {
	h := handler{source: s}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.page(h.index))
	mux.HandleFunc("GET /run", h.page(h.run))
	mux.HandleFunc("GET /compare", h.page(h.compare))
	mux.HandleFunc("GET /history", h.page(h.history))
	mux.HandleFunc("GET /image", h.image)
	return guard(mux, hosts, token, false)
}

// guard rejects requests that do not come from a browser on this machine. Where it writes, it lets pages of its own
// send what a person enters.
func guard(next http.Handler, hosts []string, token string, writes bool) http.Handler {
	referrer := "no-referrer"
	if writes {
		referrer = "same-origin" // else a form tells no origin
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", referrer)
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		switch {
		case !slices.Contains(hosts, r.Host):
			http.Error(w, "promptbench view answers to its own address only", http.StatusForbidden)
		case !ownOrigin(r, hosts):
			http.Error(w, "promptbench view answers to its own pages only", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead && (!writes || r.Method != http.MethodPost):
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "promptbench view changes nothing", http.StatusMethodNotAllowed)
		case r.Method == http.MethodPost && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") != "same-origin":
			http.Error(w, "promptbench view takes answers from its own pages only", http.StatusForbidden)
		case hasToken(r.URL.Path, token):
			http.StripPrefix("/"+token, next).ServeHTTP(w, r)
		case hasToken("/"+r.URL.Query().Get("token")+"/", token):
			http.Redirect(w, r, "/"+token+r.URL.Path, http.StatusSeeOther) //nolint:gosec // it stays below the token
		case r.URL.Path == "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		default:
			http.Error(w, "open the address that promptbench view printed: it holds a token", http.StatusForbidden)
		}
	})
}

// hasToken reports whether a path begins with the token, in a time that does not
// tell how much of it is right.
func hasToken(path, token string) bool {
	want := "/" + token + "/"
	return len(path) >= len(want) && subtle.ConstantTimeCompare([]byte(path[:len(want)]), []byte(want)) == 1
}

// ownOrigin reports whether a request comes from a page of ours, from the
// address bar, or from a program.
func ownOrigin(r *http.Request, hosts []string) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Scheme == "http" && slices.Contains(hosts, u.Host)
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

type handler struct{ source Source }

// links lead from every page to the others.
func links() []page.Link {
	return []page.Link{{Text: "Runs", URL: "./"}, {Text: "History", URL: "history"}}
}

func (h handler) page(render func(io.Writer, *http.Request) error) http.HandlerFunc {
	return written(links(), render)
}

// written writes a page once all of it is there, or says what is wrong.
func written(links []page.Link, render func(io.Writer, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		status := http.StatusOK
		if err := render(&b, r); err != nil {
			var title string
			status, title = fault(err)
			b.Reset()
			if err := page.Message(&b, title, err.Error(), links); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = b.WriteTo(w)
	}
}

// fault is the status and the title of what went wrong.
func fault(err error) (status int, title string) {
	_, refused := errors.AsType[*compare.Refusal](err)
	_, wrong := errors.AsType[problem.List](err)
	switch {
	case errors.Is(err, errNoRun):
		return http.StatusNotFound, "There is no such run"
	case errors.Is(err, label.ErrNoQuestion):
		return http.StatusNotFound, "There is no such question"
	case errors.Is(err, errBadForm), errors.Is(err, errBadRange):
		return http.StatusBadRequest, "This is no answer"
	case refused:
		return http.StatusConflict, "These runs cannot be compared"
	case wrong:
		return http.StatusConflict, "Something in the files is wrong"
	}
	return http.StatusInternalServerError, "This can't be shown"
}

func (h handler) index(w io.Writer, r *http.Request) error {
	runs, err := h.source.Runs()
	if err != nil {
		return err
	}
	did, err := h.source.Standings(r.Context(), runs)
	if err != nil {
		return err
	}
	return page.Index(w, runs, did, links())
}

func (h handler) run(w io.Writer, r *http.Request) error {
	found, err := h.find(r, "id", func(runfile.Header) bool { return true })
	if err != nil {
		return err
	}
	if found.Header.Blame != nil {
		result, err := h.source.Blame(found.Path)
		if err != nil {
			return err
		}
		return page.Blame(w, result, links())
	}
	run, err := h.source.Run(found.Path)
	if err != nil {
		return err
	}
	p := page.New(w, links())
	return errors.Join(p.Run(run.Summary, run.Run), p.Close())
}

// image serves an image of a case from its file, if that holds what was sent.
func (h handler) image(w http.ResponseWriter, r *http.Request) {
	found, err := h.find(r, "run", runfile.Header.OfRevision)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	data, mediaType, err := h.source.Image(found.Path, r.URL.Query().Get("sha256"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	_, _ = w.Write(data) //nolint:gosec // with the type of an image, which the page's policy and nosniff hold it to
}

func (h handler) compare(w io.Writer, r *http.Request) error {
	base, err := h.find(r, "base", runfile.Header.OfRevision)
	if err != nil {
		return err
	}
	head, err := h.find(r, "head", runfile.Header.OfRevision)
	if err != nil {
		return err
	}
	pair, err := h.source.Compare(r.Context(), base.Path, head.Path)
	if err != nil {
		return err
	}
	p := page.New(w, links())
	return errors.Join(p.Pair(pair.Comparison, pair.Base, pair.Head), p.Close())
}

func (h handler) history(w io.Writer, r *http.Request) error {
	past, err := h.source.History(r.URL.Query().Get("suite"), r.URL.Query().Get("model"))
	if err != nil {
		return err
	}
	runs, err := h.source.Runs()
	if err != nil {
		return err
	}
	return page.History(w, past, history.Main(past.Graders), links(), others(past, runs))
}

// others lead to the histories of further suites and models.
func others(shown history.History, runs []runfile.Found) []page.Link {
	var out []page.Link
	for _, f := range runs {
		suite, m := f.Header.Suite.Name, f.Header.Model
		one := page.Link{
			Text: textsafe.Cell(suite + " on " + phrase.Model(m)),
			URL:  "history?" + url.Values{"suite": {suite}, "model": {cmp.Or(m.Name, m.ID)}}.Encode(),
		}
		isShown := suite == shown.Suite && m.ID == shown.Model && m.Endpoint == shown.Endpoint
		if f.IsWhole() && !isShown && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

var (
	errNoRun    = errors.New("no such run in the runs directory")
	errBadRange = errors.New("the range has a higher lower bound than upper bound")
	errBadForm  = errors.New("the form does not have the fields of this page; load the page again")
)

// find is the run that a parameter names. Names are looked up and never taken
// for paths.
func (h handler) find(r *http.Request, name string, fits func(runfile.Header) bool) (runfile.Found, error) {
	id := r.URL.Query().Get(name)
	runs, err := h.source.Runs()
	if err != nil {
		return runfile.Found{}, err
	}
	for _, f := range runs {
		if f.Header.Run == id && fits(f.Header) {
			return f, nil
		}
	}
	return runfile.Found{}, fmt.Errorf("%w: %q", errNoRun, id)
}
