package summary

import (
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

// A Judging is what the judge of a run was asked, apart from the replies.
type Judging struct {
	Model      string `json:"model"`
	Endpoint   string `json:"endpoint"`
	PromptHash string `json:"prompt_hash"`
	RubricHash string `json:"rubric_hash"`
	Answers    int    `json:"answers"` // calls that were answered
	Replayed   int    `json:"replayed"`
	Calls      int    `json:"calls"`                 // made for this run
	Family     string `json:"same_family,omitempty"` // of models, that the judge shares with the run's model
	Usage      Usage  `json:"usage"`                 // its tokens_a_reply are those of an answer
}

// JudgingOf sums up what the judge of a run was asked, nil where it has none. The
// price is the judge's, nil where it is unknown; where several models judged,
// the cost is unknown, too.
func JudgingOf(run *runfile.Run, price *params.Price) *Judging {
	h := run.Header.Judge
	if h == nil {
		return nil
	}
	if len(h.Criteria) > 0 {
		price = nil
	}
	purpose := runfile.ForJudge
	if run.Header.Pairwise != nil {
		purpose = runfile.ForPairwise
	}
	b := basisOf(run, purpose)
	return &Judging{
		Model: h.Model.ID, Endpoint: h.Model.Endpoint, PromptHash: h.PromptHash, RubricHash: h.RubricHash,
		Answers: b.Replies, Replayed: b.Replayed, Calls: b.Calls, Usage: usageOf(run, purpose, price),
		Family: familyOfJudge(run.Header),
	}
}
