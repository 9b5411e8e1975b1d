package view_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/output/page"
	"promptbench/internal/output/view"
	"promptbench/internal/record/label"
	"promptbench/internal/verdict/calibration"
)

// A person keeps what kim says of two replies.
type person struct {
	labels []label.Label
	others []label.Label
}

func (p *person) Who() (labeller, file string) { return "kim", "cases/labels/todos-kim.jsonl" }
func (p *person) HasQuestions() bool           { return true }
func (p *person) Suite() string                { return "todos" }

func questions() []label.Question {
	criteria := []graders.Criterion{
		{ID: "concrete", Question: "Is every step concrete?", Options: []string{"yes", "no"}, Pass: []string{"yes"}},
		{
			ID: "order", Question: "차례대로인가?", Options: []string{"1", "2"}, Pass: []string{"2"},
			Anchors: map[string]string{"1": "뒤죽박죽", "2": "차례대로"},
		},
	}
	return label.Questions([]label.Reply{
		{Case: "dentist", Input: "내일 오전 10시에 치과 가기", Text: "1. 예약하기\n<script>1</script>", Type: "answer", Items: []string{"예약하기"}},
		{Case: "gym", Input: "헬스장 가기", Text: strings.Repeat("운동복 챙기기 👨‍👩‍👧 ", 60), Type: "answer", Items: []string{"챙기기"}},
	}, criteria, 1)
}

func (p *person) session() *label.Session {
	return label.NewSession("todos", "kim", questions(), p.labels)
}

func (p *person) Ask(_ bool, k label.Key) (label.Asked, error) {
	s := p.session()
	if k != (label.Key{}) && !s.Ask(k) {
		return label.Asked{}, label.ErrNoQuestion
	}
	out := label.Asked{CanUndo: s.CanUndo()}
	out.Answered, out.All = s.Progress()
	if q, ok := s.Current(); ok {
		out.Question = &q
	}
	return out, nil
}

func (p *person) Answer(_ bool, k label.Key, a label.Answer, note string) error {
	s := p.session()
	if !s.Ask(k) {
		return label.ErrNoQuestion
	}
	l := s.Answer(a, time.Unix(0, 0))
	l.Note = note
	p.labels = append(p.labels, l)
	return nil
}

func (p *person) Undo(bool) (label.Key, bool, error) {
	l, ok := p.session().Undo(time.Unix(0, 0))
	if ok {
		p.labels = append(p.labels, l)
	}
	return l.Key(), ok, nil
}

func (p *person) Agreement() ([]calibration.Agreement, error) {
	q := questions()
	return calibration.Agree([]graders.Criterion{q[0].Criterion, q[1].Criterion},
		map[string]label.Reply{q[0].Reply.TextHash(): q[0].Reply}, append(p.others, p.labels...)), nil
}

// post sends a form as the page's script does.
func post(p *person, target, body string, header map[string]string) answer {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Host = "127.0.0.1:7000"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	view.LabelHandler(p, nil, []string{"127.0.0.1:7000", "localhost:7000"}, token).ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func own() map[string]string {
	return map[string]string{"Origin": "http://127.0.0.1:7000", "Accept": "application/json"}
}

func yesTo(q label.Question) string {
	return url.Values{"q": {page.KeyText(q.Key())}, "answer": {"yes"}, "note": {"good"}}.Encode()
}

// Only the pages themselves write: no other origin, no program that says nothing of its origin, nobody without the token.
func TestLabelsAreTakenFromOwnPagesAlone(t *testing.T) {
	t.Parallel()
	form := yesTo(questions()[0])
	for name, c := range map[string]struct {
		target string
		header map[string]string
	}{
		"another page":       {"/SECRET/answer", map[string]string{"Origin": "https://evil.example"}},
		"another port":       {"/SECRET/answer", map[string]string{"Origin": "http://127.0.0.1:7001"}},
		"a sandboxed page":   {"/SECRET/answer", map[string]string{"Origin": "null"}},
		"another site":       {"/SECRET/answer", map[string]string{"Sec-Fetch-Site": "cross-site"}},
		"no origin":          {"/SECRET/answer", nil},
		"the address bar":    {"/SECRET/answer", map[string]string{"Sec-Fetch-Site": "none"}},
		"no token":           {"/answer", own()},
		"another token":      {"/SECREX/answer", own()},
		"another page, undo": {"/SECRET/undo", map[string]string{"Origin": "https://evil.example"}},
	} {
		p := &person{}
		r := post(p, c.target, form, c.header)
		require.Equal(t, http.StatusForbidden, r.status, name)
		require.Empty(t, p.labels, name)
		require.NotContains(t, r.body, "치과", name)
	}
	p := &person{}
	require.Equal(t, http.StatusMethodNotAllowed, post(p, "/SECRET/", form, own()).status)
	for _, wrong := range []string{
		"q=x.y&answer=yes", "answer=yes", "q=" + page.KeyText(questions()[0].Key()) + "&answer=withdrawn",
		strings.Repeat("x", 70<<10), "%zz",
	} {
		r := post(p, "/SECRET/answer", wrong, own())
		require.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, r.status, wrong[:3])
		require.Contains(t, r.body, `{"error":"`)
	}
	require.Empty(t, p.labels)
}

func TestLabelAnswers(t *testing.T) {
	t.Parallel()
	p, q := &person{}, questions()
	r := post(p, "/SECRET/answer", yesTo(q[0]), own())
	require.Equal(t, http.StatusOK, r.status)
	require.JSONEq(t, `{"next":"./?"}`, r.body)
	require.Equal(t, [2]string{"yes", "good"}, [2]string{string(p.labels[0].Answer), p.labels[0].Note})

	// Without a script, the form is sent on.
	r = post(p, "/SECRET/answer", yesTo(q[1])+"&order=useful", map[string]string{"Sec-Fetch-Site": "same-origin"})
	require.Equal(t, http.StatusSeeOther, r.status)
	require.Equal(t, "./?order=useful", r.header.Get("Location"))
	r = post(p, "/SECRET/undo", "", own())
	require.Contains(t, r.body, page.KeyText(q[1].Key()))
	require.Len(t, label.Latest(p.labels), 1)
}

// Labels never show what would influence them, and speak the browser's language.
func TestLabelPages(t *testing.T) {
	t.Parallel()
	p := &person{}
	get := func(target, language string) answer {
		r := httptest.NewRequest(http.MethodGet, "/SECRET"+target, http.NoBody)
		r.Host = "127.0.0.1:7000"
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		view.LabelHandler(p, nil, []string{"127.0.0.1:7000"}, token).ServeHTTP(w, r)
		return answer{w.Code, w.Header(), w.Body.String()}
	}
	first := get("/", "en-US,en;q=0.9")
	require.Equal(t, http.StatusOK, first.status)
	for _, want := range []string{`<html lang="en">`, "Question 1 of 4", "connect-src 'self'", `data-key="y"`, "todos-kim.jsonl"} {
		require.Contains(t, first.body, want)
	}
	for _, leak := range []string{"dentist", "gym", "<script>1", "Undo"} {
		require.NotContains(t, first.body, leak)
	}
	require.Equal(t, "same-origin", first.header.Get("Referrer-Policy"), "so that forms tell their origin")
	for language, want := range map[string]string{
		"ko-KR,ko;q=0.9,en;q=0.8": "질문 1 / 4", "fr": "Question 1 of 4", "": "Question 1 of 4", "en;q=0.5,ko;q=0.8": "질문 1 / 4",
	} {
		require.Contains(t, get("/", language).body, want, language)
	}
	require.Equal(t, http.StatusNotFound, get("/?q=a.b", "").status)

	require.Contains(t, get("/agreement", "").body, "Nothing is labelled by two people yet")
	for i, q := range questions() {
		require.NoError(t, p.Answer(false, q.Key(), label.Yes, "좋음"))
		lee := p.labels[i]
		lee.Labeller, lee.Note = "lee", "<b>no</b>"
		lee.Answer = []label.Answer{label.Yes, label.No}[i%2]
		p.others = append(p.others, lee)
	}
	require.Contains(t, get("/", "ko").body, "모든 질문에 답했습니다.")
	shown := get("/agreement", "").body
	for _, want := range []string{"lee", "kim · lee", "2 (100%)", "0 (0%)", "Questions with different answers", "&lt;b&gt;no&lt;/b&gt;", "좋음"} {
		require.Contains(t, shown, want)
	}
}

// proposed keeps what kim says of two proposed cases. Lee takes both for questions.
type proposed struct{ labels []label.CaseLabel }

func (p *proposed) all() []label.Case {
	return []label.Case{
		{ID: "case-1", Input: "견적서 보내기 <b>", Note: "from export.jsonl:1"}, {ID: "case-2", Input: strings.Repeat("WW", 300)},
	}
}

func (p *proposed) Agreement() ([]calibration.Agreement, error) {
	labels := slices.Clone(p.labels)
	for _, c := range p.all() {
		labels = append(labels, label.CaseLabel{
			Case: c.ID, Text: c.Text(), Labeller: "lee", Answer: label.Accept, Type: "question", Note: "<i>when?</i>",
		})
	}
	return calibration.AgreeOnCases([]string{"answer", "question"}, p.all(), labels), nil
}

func (p *proposed) AskCase(id string) (label.AskedCase, error) {
	all := p.all()
	done := label.LatestCases(p.labels)
	out := label.AskedCase{Types: []string{"answer", "question"}, Answered: len(done), All: len(all), CanUndo: len(done) > 0}
	if id == "case-9" {
		return out, label.ErrNoQuestion
	}
	if len(done) < len(all) {
		out.Case = &all[len(done)]
	}
	return out, nil
}

func (p *proposed) AnswerCase(l label.CaseLabel) error {
	at := slices.IndexFunc(p.all(), func(c label.Case) bool { return c.ID == l.Case })
	l.Text, l.Labeller = p.all()[at].Text(), "kim"
	p.labels = append(p.labels, l)
	return nil
}

func (p *proposed) UndoCase() (string, error) {
	last := p.labels[len(p.labels)-1]
	p.labels = append(p.labels, label.CaseLabel{Case: last.Case, Text: last.Text, Labeller: "kim", Answer: label.Withdrawn})
	return last.Case, nil
}

func TestProposedCases(t *testing.T) {
	t.Parallel()
	c := &proposed{}
	send := func(method, target, body string, header map[string]string) answer {
		r := httptest.NewRequest(method, "/SECRET"+target, strings.NewReader(body))
		r.Host = "127.0.0.1:7000"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		view.LabelHandler(&person{}, c, []string{"127.0.0.1:7000"}, token).ServeHTTP(w, r)
		return answer{w.Code, w.Header(), w.Body.String()}
	}
	shown := send(http.MethodGet, "/cases", "", nil).body
	for _, want := range []string{
		"Case 1 of 2", "견적서 보내기 &lt;b&gt;", `value="question" required data-key="2"`, `<a href="cases" aria-current="page">`,
	} {
		require.Contains(t, shown, want)
	}
	require.Equal(t, http.StatusNotFound, send(http.MethodGet, "/cases?case=case-9", "", nil).status)
	const good = "case=case-1&answer=accept&type=answer&min=2&max=&note=x"
	require.Equal(t, http.StatusForbidden, send(http.MethodPost, "/case", good, map[string]string{"Origin": "https://evil.example"}).status)
	require.Equal(t, http.StatusForbidden, send(http.MethodPost, "/case", good, nil).status)
	for body, want := range map[string]string{
		"case=case-1&answer=accept":                         "does not have the fields",
		"case=case-1&answer=withdrawn":                      "does not have the fields",
		"case=case-1&answer=accept&type=answer&min=x":       "does not have the fields",
		"case=case-1&answer=accept&type=answer&min=3&max=2": "higher lower bound",
	} {
		r := send(http.MethodPost, "/case", body, own())
		require.Equal(t, http.StatusBadRequest, r.status, body)
		require.Contains(t, r.body, want, body)
	}
	require.Empty(t, c.labels)
	require.JSONEq(t, `{"next":"cases"}`, send(http.MethodPost, "/case", good, own()).body)
	l := c.labels[0]
	require.Equal(t, "case-1 accept answer 2 x", strings.Join([]string{l.Case, string(l.Answer), l.Type, strconv.Itoa(*l.Count.Min), l.Note}, " "))
	require.Nil(t, l.Count.Max)
	require.JSONEq(t, `{"next":"cases"}`, send(http.MethodPost, "/case", "case=case-2&answer=drop", own()).body)
	require.Contains(t, send(http.MethodGet, "/cases", "", map[string]string{"Accept-Language": "ko"}).body, "모든 케이스에 라벨이 있습니다.")
	agreed := send(http.MethodGet, "/agreement", "", nil).body
	for _, want := range []string{
		`<th scope="row">answer</th><td>kim · lee</td><td class="number" data-label="both labelled">2</td>` +
			`<td class="number" data-label="same answer">1 (50%)</td>`,
		`<th scope="row">Not a case</th>`, "case-1", "<b>lee</b> question — <span dir=\"auto\">&lt;i&gt;when?&lt;/i&gt;", "<b>kim</b> Not a case",
	} {
		require.Contains(t, agreed, want)
	}
	require.JSONEq(t, `{"next":"cases?case=case-2"}`, send(http.MethodPost, "/undo-case", "", own()).body)
}
