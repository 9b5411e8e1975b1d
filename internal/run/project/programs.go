package project

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/command"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/run/interrupt"
)

// Programs are the graders of a suite that are programs, each made once, however
// often the suite is built.
type Programs struct {
	env     func(pass []string) []string
	graders map[string]*command.Grader // by score
	entries []suite.GraderEntry        // in order
}

// Programs has the suite's programs made, which starts nothing yet. A caller
// that starts them closes them.
func (p *Project) Programs() *Programs {
	return &Programs{graders: map[string]*command.Grader{}, env: func(pass []string) []string {
		return withoutSecrets(os.Environ(), p.keyVariables(), pass)
	}}
}

// Build makes the suite's graders.
func (p *Project) Build(asked graders.Models, programs *Programs) ([]graders.Grader, error) {
	return p.Suite.Build(asked, programs.grader)
}

// Transformer makes what transforms the replies of the suite; nil if nothing does.
func (p *Project) Transformer(programs *Programs) (graders.Transformer, error) {
	if e := p.Suite.Transform; e != nil {
		return programs.program(*e)
	}
	if src := p.Suite.Rules.Transform.Expression; src != "" {
		return graders.TransformExpression(src)
	}
	return nil, nil
}

func (c *Programs) grader(e suite.GraderEntry) (graders.Grader, error) { return c.program(e) }

func (c *Programs) program(e suite.GraderEntry) (*command.Grader, error) {
	if g, ok := c.graders[e.Score]; ok {
		return g, nil
	}
	g, err := command.New(command.Options{
		Name: e.Score, Run: e.Command.Run, Dir: e.Command.Dir, Env: c.env(e.Command.Env),
		Timeout: e.Command.Timeout, Processes: e.Command.Processes, Params: e.Params,
	})
	if err != nil {
		return nil, err
	}
	c.graders[e.Score], c.entries = g, append(c.entries, e)
	return g, nil
}

// UntilInterrupted ends a context at an interrupt, so that no program is left
// behind by one, where there are any.
func (c *Programs) UntilInterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	if len(c.entries) == 0 {
		return ctx, func() {}
	}
	return interrupt.Context(ctx)
}

// Start starts every program and has it say what it is, so that one which does
// not work is known before anything is paid for. All that do not are reported.
func (c *Programs) Start(ctx context.Context) error {
	ctx, release := c.UntilInterrupted(ctx)
	defer release()
	var probs problem.List
	for _, e := range c.entries {
		err := c.graders[e.Score].Start(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			probs.Add(atGrader(e, err.Error(), "docs/custom-graders.md says what is asked of a command"))
		}
	}
	return probs.Err()
}

// Processes is how many samples the slowest of them can be asked about at once.
func (c *Programs) Processes() int {
	most := 1
	for _, e := range c.entries {
		most = max(most, e.Command.Processes)
	}
	return most
}

// Close ends the programs; there may be none.
func (c *Programs) Close() error {
	if c == nil {
		return nil
	}
	var errs []error
	for _, e := range c.entries {
		errs = append(errs, c.graders[e.Score].Close())
	}
	return errors.Join(errs...)
}

// CheckNoPrograms returns a problem for each grader of the suite that is a program.
func (p *Project) CheckNoPrograms() error {
	var probs problem.List
	for _, e := range p.Suite.Commands() {
		probs.Add(atGrader(e, "it is a program, and --no-programs forbids these", "read it first, then leave out the flag"))
	}
	if err := probs.Err(); err != nil {
		return errors.Join(ErrPrograms, err)
	}
	return nil
}

// ErrPrograms says that graders are programs where none may be.
var ErrPrograms = errors.New("graders are programs")

// MissingPrograms looks for the programs of a suite, and starts none.
func MissingPrograms(s *suite.Suite) problem.List {
	var probs problem.List
	for _, e := range s.Commands() {
		if err := command.Look(e.Command.Run, e.Command.Dir); err != nil {
			probs.Add(atGrader(e, err.Error(),
				"install it, or name another; a program of the project is named with its path, such as ./grade"))
		}
	}
	return probs
}

func atGrader(e suite.GraderEntry, message, hint string) problem.Problem {
	return problem.Problem{
		File: e.File, Line: e.Line, Column: e.Column, Message: fmt.Sprintf("the command of grader %s: %s", e.Score, message),
		Hint: hint,
	}
}

// keyVariables are the variables that hold keys, as far as the config names them.
func (p *Project) keyVariables() []string {
	out := []string{model.DefaultKeyEnv}
	for _, m := range p.Config.Models {
		out = append(out, m.APIKeyEnv)
		out = slices.AppendSeq(out, maps.Values(m.HeadersEnv))
	}
	return out
}

// withoutSecrets returns an environment without the variables that are named,
// or whose name or value looks like a secret, but for those to pass. It also has
// Python write each line at once and in UTF-8, unless something else is set.
func withoutSecrets(environ, secret, pass []string) []string {
	name := regexp.MustCompile(`(?i)PASSWORD|PASSWD|SECRET|API_?KEY|TOKEN(_|$)|(^|_)(KEY|PASS|PWD|CREDENTIALS?)(_|$)`)
	value := regexp.MustCompile(`://[^/\s:@]*:[^/\s@]+@`) // an address with a password
	var out []string
	seen := map[string]bool{}
	for _, entry := range environ {
		key, text, _ := strings.Cut(entry, "=")
		hidden := slices.Contains(secret, key) || value.MatchString(text) ||
			name.MatchString(key) && key != "PWD" && key != "OLDPWD"
		if hidden && !slices.Contains(pass, key) {
			continue
		}
		seen[key] = true
		out = append(out, entry)
	}
	for _, entry := range []string{"PYTHONUNBUFFERED=1", "PYTHONUTF8=1"} {
		if key, _, _ := strings.Cut(entry, "="); !seen[key] {
			out = append(out, entry)
		}
	}
	return out
}
