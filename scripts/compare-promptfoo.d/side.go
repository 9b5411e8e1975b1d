package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promptbench/graders"
	"promptbench/graders/command"
	replies "promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/importer"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

// A side is a config as promptbench has it: the suite that was imported, with its graders.
type side struct {
	dir, source, root string

	loads    int
	left     problem.List
	cases    []runfile.Case
	grading  runner.Grading
	passes   *bool // what the judge says
	programs []*command.Grader
	made     map[string]verdict
}

// load imports the config, with one assertion of each case or all (0), and builds the suite that is written.
func (s *side) load(only int) (*importer.Result, error) {
	if err := s.close(); err != nil {
		return nil, err
	}
	s.loads++
	s.programs, s.cases, s.made = nil, nil, map[string]verdict{}
	dir := filepath.Join(s.dir, fmt.Sprint(s.loads))
	plan, err := importer.Prepare([]string{s.source}, dir, s.root, importer.Options{Only: only})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := plan.Write(dir); err != nil {
		return nil, err
	}
	r := plan.Results[0]
	s.left = r.Left
	loaded, probs := suite.Load(filepath.Join(dir, filepath.FromSlash(r.Suite)))
	if err := probs.Err(); err != nil {
		return nil, fmt.Errorf("the imported suite: %w", err)
	}
	pass := false
	s.passes = &pass
	asked := graders.Models{Judge: judge{s.passes}, Embedder: embedder{}}
	built, err := loaded.Build(asked, s.program)
	if err != nil {
		return nil, err
	}
	for c, err := range loaded.Cases() {
		if err != nil {
			return nil, err
		}
		s.cases = append(s.cases, runner.CaseRecord(loaded, c))
	}
	reader, err := replies.NewReader(loaded.Rules)
	if err != nil {
		return nil, err
	}
	one := 1.0
	s.grading = runner.Grading{Reader: reader, Graders: built, Price: &params.Price{Input: one, Output: one}}
	if src := loaded.Rules.Transform.Expression; src != "" {
		s.grading.Transform, err = graders.TransformExpression(src)
	}
	return r, err
}

func (s *side) program(e suite.GraderEntry) (graders.Grader, error) {
	g, err := command.New(command.Options{
		Name: e.Score, Run: e.Command.Run, Dir: e.Command.Dir, Env: os.Environ(), Timeout: e.Command.Timeout,
	})
	if err == nil {
		s.programs = append(s.programs, g)
	}
	return g, err
}

func (s *side) close() error {
	var errs []error
	for _, g := range s.programs {
		errs = append(errs, g.Close())
	}
	s.programs = nil
	return errors.Join(errs...)
}

// leftAt says what the import lists at the place of an assertion.
func (s *side) leftAt(place problem.Problem) string {
	for _, p := range s.left {
		if p.Line == place.Line {
			return p.Message
		}
	}
	return "nothing is listed at its place"
}

// A verdict is what promptbench says about a reply to a case: whether all graders pass it.
type verdict struct {
	decided, pass bool
	why           string
}

func (s *side) verdict(ctx context.Context, at, index int, r reply) (verdict, error) {
	key := fmt.Sprint(at, " ", index)
	if v, ok := s.made[key]; ok {
		return v, nil
	}
	c := s.cases[at]
	*s.passes = index%2 == 1
	million := 1e6
	call := runfile.Call{
		Case: c.Case, Trial: 1, For: runfile.ForReply, Reply: r.Text, FinishReason: "stop", LatencyMS: r.Latency,
		Usage: &runfile.Usage{InputTokens: int(r.Cost * million)}, Attempts: 1,
	}
	for _, one := range r.Calls {
		call.ToolCalls = append(call.ToolCalls, graders.ToolCall{Name: one.Name, Arguments: one.Arguments})
	}
	recorded := func(runfile.Call) error { return nil }
	t, err := s.grading.Trial(ctx, c, []runfile.Call{call}, replies.Text, runner.JudgeCalls{Run: "r", Record: recorded})
	v := verdict{decided: true, pass: true}
	for _, score := range t.Scores {
		switch {
		case score.NotApplicable != "":
		case score.Unscored != "":
			v.decided, v.why = false, score.Grader+": "+score.Unscored
		case !score.Pass:
			v.pass, v.why = false, score.Grader+": "+strings.Join(strings.Fields(score.Reason), " ")
		}
	}
	s.made[key] = v
	return v, err
}

// A judge says of every question what promptfoo's judge says of this reply.
type judge struct{ passes *bool }

// Ask implements [graders.Judge].
func (j judge) Ask(_ context.Context, _ graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	out := make([]graders.Verdict, len(questions))
	for i := range questions {
		if out[i].Option = "no"; *j.passes {
			out[i].Option = "yes"
		}
		out[i].Reason = "scripted"
	}
	return out, nil
}

// An embedder counts the letters of a text, as promptfoo.mjs does.
type embedder struct{}

// Name implements [graders.Embedder].
func (embedder) Name() string { return "letters" }

// Embed implements [graders.Embedder].
func (embedder) Embed(_ context.Context, _ graders.Sample, text string) (graders.Embedding, error) {
	v := make([]float32, 32)
	v[31] = 0.001
	for _, c := range strings.ToLower(strings.TrimSpace(text)) {
		v[c%31]++
	}
	return graders.Embedding{Vector: v}, nil
}
