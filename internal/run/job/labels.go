package job

import (
	"fmt"

	"promptbench/internal/input/problem"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
)

// A judgeable is a reply that a judge would be asked about.
type judgeable struct {
	runner.Reply
	reply label.Reply
	hash  string // of its text, see [label.Reply.TextHash]
}

// judgeableReplies are the replies of a run that a judge would be asked about: the
// readable ones of the suite's cases that did not fail as a whole. The run must
// be loaded in full.
func judgeableReplies(p *project.Project, run *runfile.Run) ([]judgeable, error) {
	if err := runs.RefuseRedacted(run.Header, "there is no reply to judge"); err != nil {
		return nil, err
	}
	cases := map[string]runfile.Case{}
	for c, err := range p.Cases() {
		if err != nil {
			return nil, err
		}
		cases[c.ID] = runner.CaseRecord(p.Suite, c)
	}
	var out []judgeable
	for i := range run.Calls {
		call := run.Calls[i]
		if call.For != runfile.ForReply || call.Error != nil || runner.Failure(call) != "" {
			continue
		}
		now, ok := cases[call.Case]
		then, known := run.Case(call.Case)
		if !ok || !known || now.InputHash != then.InputHash {
			continue
		}
		format := run.Header.Prompt.ReplyFormat
		read := p.ReaderFor(run.Header.Model).Read(call.Reply, call.Thinking, format)
		if !read.Readable() {
			continue
		}
		r := label.Reply{
			Case: call.Case, Expected: now.Expect.Type, Input: now.Input, Text: read.Text, Type: read.Type, Items: read.Items,
		}
		out = append(out, judgeable{Reply: runner.Reply{Case: now, Call: call, Format: format}, reply: r, hash: r.TextHash()})
	}
	return out, nil
}

// ToLabel lists what a person is asked about the replies of some runs. It is a
// problem where the suite puts no question, or none to these replies.
func ToLabel(p *project.Project, of []*runfile.Run, seed uint64) ([]label.Question, error) {
	criteria, err := p.Criteria()
	if err != nil {
		return nil, err
	}
	if len(criteria) == 0 {
		return nil, noQuestions(p)
	}
	var replies []label.Reply
	for _, run := range of {
		list, err := judgeableReplies(p, run)
		if err != nil {
			return nil, err
		}
		for _, j := range list {
			replies = append(replies, j.reply)
		}
	}
	questions := label.Questions(replies, criteria, seed)
	if len(questions) == 0 {
		return nil, problem.List{{
			Message: fmt.Sprintf("no question of %s applies to a reply of these runs", p.Suite.Path),
			Hint:    "check that they are runs of its cases, and readable",
		}}
	}
	return questions, nil
}

// noQuestions is the problem of a suite without a judged criterion.
func noQuestions(p *project.Project) error {
	return problem.List{{
		File: p.Suite.Path, Message: "no criterion of the suite has a question for a judge",
		Hint: "name a suite that does with --suite, such as cases/subtodos-judged.yaml",
	}}
}
