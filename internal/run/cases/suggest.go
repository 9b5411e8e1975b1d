package cases

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/propose"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/check"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/items"
	files "promptbench/prompts/editor"
)

// SuggestOptions say what is suggested and by whom. Of the job, MaxCalls, MaxCost and Deadline bound all requests.
type SuggestOptions struct {
	Job         job.Options
	Editor      string // a model of the config, or an id; empty: that of the config, if any
	Each        int    // inputs that each request asks for
	Requests    int    // at most
	Paraphrases int    // cases to paraphrase
	Note        func(string)
	Drive       func(*job.Revisions) error // runs a job to its end
}

// A Suggester knows what a suite lacks, and asks an editor for inputs.
type Suggester struct {
	Project *project.Project
	Gaps    items.Gaps

	options SuggestOptions
	editor  *editor.Editor // nil without one
	rules   []items.Rule   // of the prompt that Gaps names
	cases   []suite.Case   // that are not sealed, in an order by chance
	began   time.Time
	made    int     // calls
	cost    float64 // of them
}

// OpenSuggester finds what the suite lacks. Rules are those of the revision; without one, of the last prompt file. It
// makes no call.
func OpenSuggester(ctx context.Context, o project.Options, revision string, s SuggestOptions) (*Suggester, error) {
	p, err := load(ctx, o, revision)
	if err != nil {
		return nil, err
	}
	out := &Suggester{Project: p, options: s, began: time.Now()}
	cases, err := check.ItemsOf(p.Suite)
	if err != nil {
		return nil, err
	}
	name := ""
	if n := len(p.Prompts); n > 0 {
		of := p.Prompts[n-1]
		name = of.Name
		for _, one := range blame.Rules(of) {
			out.rules = append(out.rules, items.Rule{Prompt: name, Where: one.Where, Text: one.Head})
		}
	}
	out.Gaps = items.NewCollector(p.Suite.Name, cases, p.Suite.Rules.Types, p.Gating()).Gaps(name, out.rules)
	for c, err := range p.Suite.Cases() {
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		out.cases = append(out.cases, c)
	}
	p.Suite.Shuffle(out.cases)
	return out, out.openEditor()
}

// load loads the project with all its prompts, those whose rules count last.
func load(ctx context.Context, o project.Options, revision string) (*project.Project, error) {
	prompts, err := prompt.Files(project.PromptsDir())
	if err != nil {
		prompts = nil // a suite without prompts beside it can have proposals
	}
	slices.SortFunc(prompts, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	if revision != "" {
		prompts = slices.DeleteFunc(prompts, func(file string) bool { // it comes last
			return file == filepath.Clean(revision) || strings.HasPrefix(file, filepath.Clean(revision)+".")
		})
		prompts = append(prompts, revision)
	}
	return project.Load(ctx, o, prompts)
}

func (s *Suggester) openEditor() error {
	name := cmp.Or(s.options.Editor, s.Project.Config.Editor)
	if name == "" {
		return nil
	}
	asks, probs := prompt.Parse("suggest-v1", files.SuggestPath, files.Suggest())
	if err := probs.Err(); err != nil {
		return err
	}
	e := editor.New(s.Project, name, asks, true)
	s.editor = &e
	of, err := e.Project(s.Project, requests([]string{"check"}, []string{"check"}))
	if err == nil {
		_, err = of.Variants()
	}
	return err
}

// HasEditor reports whether there is a model to ask.
func (s *Suggester) HasEditor() bool { return s.editor != nil }

func requests(ids, texts []string) editor.Requests {
	return editor.Requests{For: "suggestions", Mark: "inputs", IDs: ids, Texts: texts}
}

// texts are the requests of tasks.
func (s *Suggester) texts(tasks []task, suffix string) (editor.Requests, error) {
	ids, texts := make([]string, len(tasks)), make([]string, len(tasks))
	for i, t := range tasks {
		text, err := s.fitting(t)
		if err != nil {
			return editor.Requests{}, err
		}
		ids[i], texts[i] = t.id+suffix, text
	}
	return requests(ids, texts), nil
}

// fitting is the most detailed request for a task that fits the editor, with room for an answer.
func (s *Suggester) fitting(t task) (string, error) {
	const tokensOfInput = 60
	for _, d := range details() {
		text, err := t.text(s.Project.Suite, s.rules, s.cases, d)
		if err != nil {
			return "", err
		}
		if s.editor.Context == 0 || s.editor.Tokens(text)+tokensOfInput*t.want <= s.editor.Context {
			return text, nil
		}
	}
	return "", problem.List{{
		Message: fmt.Sprintf("the request %s is too long for the editor %s, which has %d tokens of context", t.id,
			s.editor.Name, s.editor.Context),
		Hint: "name an editor with more, ask for fewer inputs with --each, or correct `context` in the config",
	}}
}

// Price says what Run takes at most.
func (s *Suggester) Price() (items.Price, error) {
	tasks := s.tasks()
	out := items.Price{
		Schema: items.Schema, Suite: s.Project.Suite.Name, Editor: s.editor.Name, Requests: len(tasks),
		Allowed: s.options.Job.MaxCalls,
	}
	if len(tasks) == 0 {
		out.Cost = new(0.0)
		return out, nil
	}
	r, err := s.texts(tasks, "")
	if err != nil {
		return out, err
	}
	of, err := s.editor.Project(s.Project, r)
	if err != nil {
		return out, err
	}
	o := s.options.Job
	o.Trials = 1
	planned, err := job.Plan(of, o, false)
	if err != nil {
		return out, err
	}
	revision := planned.Revisions[0]
	out.Recorded, out.Calls = revision.Replayed, 2*revision.New
	if out.Allowed != nil {
		out.Calls = min(out.Calls, *out.Allowed)
	}
	price := s.Project.PriceFor(revision.Endpoint, revision.Model)
	if most := s.editor.Prompt.Params.MaxTokens; price != nil && most != nil {
		longest := 0
		for _, m := range s.editor.Prompt.Messages {
			longest += len(m.Content)
		}
		body := 0
		for _, text := range r.Texts {
			body = max(body, len(text))
		}
		const again = 200 // bytes that a second request adds
		out.Cost = new(float64(out.Calls) * price.Of(longest+body+again, *most))
	}
	return out, nil
}

// Run asks the editor, and proposes what it answers. A broken answer is asked for again once, then dropped.
func (s *Suggester) Run(ctx context.Context) (*Proposal, error) {
	if s.editor == nil {
		return nil, errNoEditor()
	}
	tasks := s.tasks()
	var list []propose.Suggestion
	if len(tasks) > 0 {
		s.note("asking %s for inputs, in %s", s.editor.Name, wording.Count(len(tasks), "request"))
		found, broken, err := s.ask(ctx, tasks, "")
		if err != nil {
			return nil, err
		}
		if len(broken) > 0 {
			s.note("asking %s again in %s, whose answer cannot be used", s.editor.Name,
				wording.Count(len(broken), "request"))
			again, dropped, err := s.ask(ctx, broken, "-again")
			if err != nil {
				return nil, err
			}
			found = append(found, again...)
			for _, t := range dropped {
				s.note("dropped the answer to the request %s: %s", t.id, t.wrong)
			}
		}
		list = found
	}
	result, err := propose.Suggested(s.editor.Name, list, knownTo(s.Project))
	if err != nil {
		return nil, err
	}
	return &Proposal{result, s.Project}, nil
}

// ask puts tasks to the editor, and returns what it suggests, and the tasks whose answer is broken.
func (s *Suggester) ask(ctx context.Context, tasks []task, suffix string) (
	found []propose.Suggestion, broken []task, err error,
) {
	r, err := s.texts(tasks, suffix)
	if err != nil {
		return nil, nil, err
	}
	answers, err := s.editor.Ask(s.Project, r, func(of *project.Project) (*runfile.Run, error) {
		runs, err := editor.Drive(ctx, of, s.jobOptions(), s.options.Drive)
		if err != nil {
			return nil, err
		}
		s.count(runs[0])
		return runs[0], nil
	})
	if err != nil {
		return nil, nil, err
	}
	for i, t := range tasks {
		inputs, err := t.inputsIn(answers[i])
		if err != nil {
			t.wrong = err.Error()
			broken = append(broken, t)
			continue
		}
		found = append(found, t.suggestions(inputs)...)
	}
	return found, broken, nil
}

// jobOptions are those of the next job, with what is left of the limits.
func (s *Suggester) jobOptions() job.Options {
	o := s.options.Job
	o.Trials, o.Folder = 1, "suggest-"+runfile.SafeName(s.Project.Suite.Name)
	o.Started = time.Now() // else the run before would count as that of another process
	if o.MaxCalls != nil {
		o.MaxCalls = new(max(0, *o.MaxCalls-s.made))
	}
	if o.MaxCost != nil {
		o.MaxCost = new(max(0, *o.MaxCost-s.cost))
	}
	if o.Deadline != nil {
		o.Deadline = new(max(time.Millisecond, *o.Deadline-time.Since(s.began)))
	}
	return o
}

// count counts the calls that were made for a run.
func (s *Suggester) count(run *runfile.Run) {
	price := s.Project.PriceFor(run.Header.Model.Endpoint, run.Header.Model.ID)
	for _, c := range run.Calls {
		if c.ReplayedFrom != "" {
			continue
		}
		s.made++
		if c.Usage != nil && price != nil {
			s.cost += price.Of(c.Usage.InputTokens, c.Usage.OutputTokens)
		}
	}
}

func (s *Suggester) note(format string, args ...any) {
	if s.options.Note != nil {
		s.options.Note(fmt.Sprintf(format, args...))
	}
}

// errNoEditor says how to name an editor.
func errNoEditor() error {
	return problem.List{{
		Message: "proposals need an editor, the model that writes inputs",
		Hint:    "pass --editor NAME, or set editor in promptbench.yaml",
	}}
}
