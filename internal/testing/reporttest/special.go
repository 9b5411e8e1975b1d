package reporttest

import (
	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// Repeated is v3 with three trials a case. Some of them differ.
func Repeated() *runfile.Run {
	run := Run("v3", 1)
	run.Header.Trials = 3
	for i, c := range run.Cases {
		for trial := 2; trial <= 3; trial++ {
			said := "answer 2"
			if i%2 == 0 {
				said = c.Expect.Type + " 2"
			}
			call, tr := Answer(c, said, At(23, 1))
			call.Trial, tr.Trial, call.ReplayedFrom = trial, trial, "20261122T000000Z-v3-example-model-ffffff"
			run.Calls, run.Trials = append(run.Calls, call), append(run.Trials, tr)
		}
	}
	run.Sort()
	return run
}

// Stopped is a run that was interrupted.
func Stopped() *runfile.Run {
	run := Run("v4", 2)
	run.End = &runfile.End{Status: runfile.Interrupted, Reason: "interrupted"}
	return run
}

// Dirty is a case with everything that a reply can be.
func Dirty() *runfile.Run {
	const id = "dentist-tomorrow-10"
	run := Run("v3", 1)
	for i := range run.CallsOf(id) {
		c := &run.CallsOf(id)[i]
		c.Thinking = "시간이 있으니\n나눌 수 있다.\x1b[2J"
		c.Reply = "네! 나눠 볼게요 👨‍👩‍👧\r\n```xml\n<subtodos type=‘answer’>\n\t1. 예약 확인 \u202e거꾸로\u202c\n2. ＡＢＣ 챙기기\n```"
		c.ReplayedFrom = "20261122T000000Z-v3-example-model-ffffff"
		c.FinishReason = "stop"
	}
	for i := range run.TrialsOf(id) {
		tr := &run.TrialsOf(id)[i]
		items := []string{"예약 확인 \u202e거꾸로\u202c", "ＡＢＣ 챙기기"}
		tr.Read = &runfile.Read{Format: reply.XML, Type: "answer", Items: items, Defects: []reply.Defect{
			{Code: reply.CodeFence, Detail: "the document stands in a code fence"},
			{Code: reply.CodeQuotes, Detail: "curly quotes around \x1b[31mthe type"},
		}}
		tr.Scores[1].Reason = "2 items\nas expected"
		tr.Scores[2] = graders.Score{Grader: "rubric", Unscored: "the judge gave no verdict"}
		tr.Scores = append(tr.Scores, graders.Score{Grader: "rubric/actionable", NotApplicable: "it applies to question"})
	}
	for i := range run.Cases {
		if c := &run.Cases[i]; c.Case == id {
			two, four := 2, 4
			c.Expect.Count = &graders.Range{Min: &two, Max: &four}
			c.Expect.Contains = []string{"예약"}
			c.Note = "A time is given."
		}
	}
	return run
}
