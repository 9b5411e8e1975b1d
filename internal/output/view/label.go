package view

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"promptbench/internal/output/page"
	"promptbench/internal/record/label"
	"promptbench/internal/verdict/calibration"
)

// Labels is what one person says of replies. A useful question is the one whose answer tells most.
type Labels interface {
	// Who returns the name of the person, and the file that the labels go to.
	Who() (labeller, file string)
	// HasQuestions reports whether there is a question about a reply.
	HasQuestions() bool
	// Suite is the name of the suite whose questions are asked.
	Suite() string
	// Ask returns the question with a key, or the next one where the key is empty.
	Ask(useful bool, k label.Key) (label.Asked, error)
	// Answer keeps an answer. It returns when the answer is in the file.
	Answer(useful bool, k label.Key, a label.Answer, note string) error
	// Undo takes the last answer back and returns its question, or false where there is none.
	Undo(useful bool) (label.Key, bool, error)
	// Agreement says how far people agree on each criterion.
	Agreement() ([]calibration.Agreement, error)
}

// maxForm is how many bytes a form may have.
const maxForm = 64 << 10

// CaseLabels is what one person says of proposed cases.
type CaseLabels interface {
	// AskCase returns the case with an id, or the next one where the id is empty.
	AskCase(id string) (label.AskedCase, error)
	// AnswerCase keeps what the person says. It returns when that is in the file.
	AnswerCase(l label.CaseLabel) error
	// UndoCase takes the last label back and returns the id of its case, or nothing where there is none.
	UndoCase() (id string, err error)
	// Agreement says how far people agree on each type.
	Agreement() ([]calibration.Agreement, error)
}

// LabelHandler serves pages that ask one person, about proposed cases unless they are nil. Hosts and token are those of
// [Handler]. What a person enters is taken from these pages alone.
func LabelHandler(s Labels, c CaseLabels, hosts []string, token string) http.Handler {
	h := labelHandler{s, c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /agreement", h.page(h.agreement))
	if c != nil {
		mux.HandleFunc("GET /cases", h.page(h.oneCase))
		mux.HandleFunc("POST /case", h.change(h.answerCase))
		mux.HandleFunc("POST /undo-case", h.change(h.undoCase))
	}
	if c != nil && !s.HasQuestions() {
		mux.HandleFunc("GET /{$}", h.page(h.oneCase))
	} else {
		mux.HandleFunc("GET /{$}", h.page(h.question))
		mux.HandleFunc("POST /answer", h.change(h.answer))
		mux.HandleFunc("POST /undo", h.change(h.undo))
	}
	return guard(mux, hosts, token, true)
}

type labelHandler struct {
	labels Labels
	cases  CaseLabels
}

func (h labelHandler) page(render func(io.Writer, *http.Request) error) http.HandlerFunc {
	return written([]page.Link{{Text: "Labels", URL: "./"}}, render)
}

// by is who is asked, in the language of the browser.
func (h labelHandler) by(r *http.Request) page.Labeller {
	name, file := h.labels.Who()
	return page.Labeller{
		Name: name, File: file, Language: page.LanguageOf(r.Header.Get("Accept-Language")),
		Replies: h.labels.HasQuestions(), Cases: h.cases != nil,
	}
}

func (h labelHandler) question(w io.Writer, r *http.Request) error {
	useful := isUseful(r)
	asked, err := h.labels.Ask(useful, keyOf(r))
	if err != nil {
		return err
	}
	return page.Question(w, h.by(r), h.labels.Suite(), useful, asked)
}

func (h labelHandler) agreement(w io.Writer, r *http.Request) error {
	all, err := h.labels.Agreement()
	if err != nil {
		return err
	}
	if h.cases != nil {
		cases, err := h.cases.Agreement()
		if err != nil {
			return err
		}
		all = append(all, cases...)
	}
	return page.Agreement(w, h.by(r), all)
}

// answer keeps an answer, and goes to the next question.
func (h labelHandler) answer(r *http.Request) (next string, err error) {
	a := label.Answer(r.PostFormValue("answer"))
	if a != label.Yes && a != label.No && a != label.Unsure {
		return "", errBadForm
	}
	useful := isUseful(r)
	return page.QuestionURL(label.Key{}, useful), h.labels.Answer(useful, keyOf(r), a, noteOf(r))
}

// undo takes the last answer back, and goes to its question.
func (h labelHandler) undo(r *http.Request) (next string, err error) {
	useful := isUseful(r)
	k, _, err := h.labels.Undo(useful)
	return page.QuestionURL(k, useful), err
}

// change does what a form asks for, then goes on: a script gets the next address as JSON, a form is sent there.
func (h labelHandler) change(do func(*http.Request) (next string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next, err := "", r.ParseForm()
		if err != nil {
			err = errBadForm
		} else {
			next, err = do(r)
		}
		status := http.StatusOK
		if err != nil {
			status, _ = fault(err)
		}
		switch {
		case strings.Contains(r.Header.Get("Accept"), "application/json"):
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			said := map[string]string{"next": next}
			if err != nil {
				said = map[string]string{"error": err.Error()}
			}
			_ = json.NewEncoder(w).Encode(said)
		case err != nil:
			http.Error(w, err.Error(), status)
		default:
			w.Header().Set("Location", next) // relative to the address with the token, which this handler does not see
			w.WriteHeader(http.StatusSeeOther)
		}
	}
}

func isUseful(r *http.Request) bool { return r.FormValue("order") == "useful" }

// keyOf is the question that a request is about.
func keyOf(r *http.Request) label.Key {
	question, text, _ := strings.Cut(r.FormValue("q"), ".")
	return label.Key{Question: question, Text: text}
}
