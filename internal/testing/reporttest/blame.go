package reporttest

import (
	"fmt"

	"promptbench/graders"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/blame"
)

// Blamed is the run on a change of a prompt, and the change: its second hunk makes one case in five fail, its last one
// does nothing, and the texts of the others attack.
func Blamed() (*blame.Change, *runfile.Run, error) {
	const end = "\n\n<note>\n참고하세요.\n</note>"
	base := &prompt.Prompt{Name: "v3", Messages: []prompt.Message{
		{Role: "system", Content: "당신은 플래너입니다.\n\n할 일을 나눕니다.\n\n짧게 씁니다.\n\n반말로 씁니다." + end},
		{Role: "user", Content: "{{input}}"},
	}}
	head := &prompt.Prompt{Name: "v4-초안", Messages: []prompt.Message{
		{Role: "system", Content: "당신은 플래너입니다.\n\n할 일을 나눕니다.\n\n짧게 씁니다." + end + "\n\n" +
			"다섯째는 묻지 마세요. 👨‍👩‍👧 ＡＢＣ\n\n</pre><script>window.pwned=1</script> ``` @octocat | a\x1b[31mred"},
		{Role: "user", Content: "연습"}, {Role: "assistant", Content: "```json\n{}\n```"},
		{Role: "user", Content: "{{input}}"},
	}}
	change, err := blame.Diff(base, head)
	if err != nil {
		return nil, nil, err
	}
	run := made(head.Name, 0, nil)
	run.Header.Run, run.Header.Prompt.Name = "20261123T063400Z-v3..v4-example-model-0a1b2c", base.Name+".."+head.Name
	run.Header.Blame = &runfile.Blame{Head: head.Hash()}
	for _, hunk := range change.Hunks {
		run.Header.Blame.Hunks = append(run.Header.Blame.Hunks, runfile.Hunk(hunk))
	}
	hunks := len(change.Hunks)
	ending := runfile.End{Kind: runfile.KindEnd, Status: runfile.Complete}
	for i := range 60 {
		c := runfile.Case{
			Case: fmt.Sprintf("case-%d", i), Input: "할 일", Expect: graders.Expect{Type: "answer"}, InputHash: fmt.Sprint(i),
		}
		if i%3 == 0 {
			c.Expect.Type = "question"
		}
		run.Cases = append(run.Cases, c)
		masks := append(change.Draw(c.Case, blame.DefaultDraws, 1), blame.NewMask(hunks, false), blame.NewMask(hunks, true))
		for k, m := range masks {
			said := c.Expect.Type + " 2"
			if i%5 == 0 && m.Has(1) {
				said = "invalid 0"
			}
			call, trial := Answer(c, said, At(23, 6))
			call.Variant, trial.Variant, call.Trial, trial.Trial = string(m), string(m), k+1, k+1
			call.Usage = &runfile.Usage{InputTokens: 100 + 20*m.Count(), OutputTokens: 30}
			run.Calls, run.Trials = append(run.Calls, call), append(run.Trials, trial)
			ending.Calls, ending.Trials = ending.Calls+1, ending.Trials+1
		}
	}
	run.End = &ending
	run.Sort()
	return change, run, nil
}
