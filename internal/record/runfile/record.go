package runfile

import (
	"cmp"
	"slices"
	"time"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/media"
	"promptbench/internal/input/prompt"
)

// Schema is the version of the format that this package writes. Readers accept every version up to it.
const Schema = 1

// The kinds of lines. Readers pass over kinds they don't know.
const (
	KindHeader = "header"
	KindCase   = "case"
	KindCall   = "call"
	KindTrial  = "trial"
	KindEnd    = "end"
)

// What a call is for, as [Call.For] says it.
const (
	ForReply    = "reply"    // the reply that is graded; of a conversation, the last one
	ForTurn     = "turn"     // an earlier reply of a conversation
	ForJudge    = "judge"    // a judge's verdict on one criterion
	ForPairwise = "pairwise" // a judge's choice between two replies

	ForEmbedding = "embedding" // the vector of a text that a grader compares
)

// Status says how a run ended.
type Status string

// The ways a run ends. A file without an end line was killed, or is still being written.
const (
	Complete    Status = "complete"    // every trial has its line
	Incomplete  Status = "incomplete"  // stopped early by an error or a budget
	Interrupted Status = "interrupted" // stopped by an interrupt
)

// A Case holds what reports need of a case. InputHash covers input and vars alone, so that a changed expectation does
// not make it another case.
type Case struct {
	Kind     string            `json:"kind"`
	Case     string            `json:"case"`
	Input    string            `json:"input"` // of a conversation, its first message
	Messages []graders.Message `json:"messages,omitempty"`
	Turns    []graders.Turn    `json:"turns,omitempty"`
	// ToolResults are what tools return, as the suite has it; of a case in a file, they are with the calls of the tools.
	ToolResults prompt.ToolResults `json:"-"`

	Vars        map[string]string  `json:"vars,omitempty"`
	Expect      graders.Expect     `json:"expect"`
	Tags        []string           `json:"tags,omitempty"`
	Group       string             `json:"group,omitempty"`
	Note        string             `json:"note,omitempty"`
	Sealed      bool               `json:"sealed,omitempty"` // scored only because the seal was opened
	Attachments []media.Attachment `json:"images,omitempty"` // images and documents, by their hashes
	InputHash   string             `json:"input_hash"`
}

// A Call is one finished call of a model, answered or failed for good.
type Call struct {
	Kind          string             `json:"kind"`
	Key           string             `json:"key"`
	Case          string             `json:"case"`
	Trial         int                `json:"trial"`               // from 1
	Variant       string             `json:"variant,omitempty"`   // in a run of blame: 1 for a hunk that is in, or 0
	For           string             `json:"for"`                 // [ForReply] and the like
	Turn          int                `json:"turn,omitempty"`      // of a reply of a conversation, from 1
	Round         int                `json:"round,omitempty"`     // how often tools had results before it in the turn
	Criterion     string             `json:"criterion,omitempty"` // what a judge is asked about, joined by commas
	Vote          int                `json:"vote,omitempty"`      // of a judge's call: the number of the asking, from 1
	Reply         string             `json:"reply"`
	Begins        string             `json:"-"` // of a reply, in one line, where its run [Header.QuotesReplies]
	Thinking      string             `json:"thinking,omitempty"`
	ReplyFrom     string             `json:"reply_from,omitempty"` // the field with the text, where the content was empty
	ToolCalls     []graders.ToolCall `json:"tool_calls,omitempty"` // of a prompt that declares tools
	FinishReason  string             `json:"finish_reason,omitempty"`
	ResponseModel string             `json:"response_model,omitempty"`
	Usage         *Usage             `json:"usage,omitempty"` // absent where the endpoint named none
	LatencyMS     int64              `json:"latency_ms"`
	Attempts      int                `json:"attempts"`
	At            time.Time          `json:"at,omitzero"`             // when the model answered or failed; as recorded
	ReplayedFrom  string             `json:"replayed_from,omitempty"` // the run that the reply was recorded in
	Batch         string             `json:"batch,omitempty"`         // the provider's id of the batch that brought it
	Error         *Error             `json:"error,omitempty"`
}

// KindNotRecorded is the kind of error of a call that was not made: none was allowed, and no recording answers.
const KindNotRecorded = "not_recorded"

// Made reports whether the call was made for its own run, whatever came of it: neither replayed nor held back.
func (c *Call) Made() bool {
	return c.ReplayedFrom == "" && (c.Error == nil || c.Error.Kind != KindNotRecorded)
}

// Usage counts tokens as the endpoint reported them.
type Usage struct {
	InputTokens  int `json:"input_tokens"`
	OutputTokens int `json:"output_tokens"`
	// CachedTokens are a part of the input, ReasoningTokens of the output; 0 where the endpoint does not say.
	CachedTokens    int `json:"cached_tokens,omitempty"`
	ReasoningTokens int `json:"reasoning_tokens,omitempty"`
}

// An Error is why a call or a trial has no reply. Message never holds a secret.
type Error struct {
	Kind    string `json:"kind"`
	Status  int    `json:"status,omitempty"` // HTTP status, where there was one
	Code    string `json:"code,omitempty"`   // the endpoint's word for the error
	Param   string `json:"param,omitempty"`  // the parameter of the request that the endpoint refuses
	Message string `json:"message"`
}

// A Trial is one graded attempt at one case. Either Scores or Error is set: a call that failed for good is an error of
// its trial and has no score. A trial with a broken score counts as an error, too.
type Trial struct {
	Kind    string          `json:"kind"`
	Case    string          `json:"case"`
	Trial   int             `json:"trial"`
	Variant string          `json:"variant,omitempty"` // that of the call
	Key     string          `json:"key"`
	Read    *Read           `json:"read,omitempty"`
	Scores  []graders.Score `json:"scores,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Failure returns why a trial ended in an error: it has no reply, or a grader or its judge failed. Else it is empty.
func (t *Trial) Failure() string {
	if t.Error != nil {
		return cmp.Or(t.Error.Message, t.Error.Kind, "no reply")
	}
	if i := slices.IndexFunc(t.Scores, func(s graders.Score) bool { return s.Broken }); i >= 0 {
		return t.Scores[i].Grader + ": " + t.Scores[i].Unscored
	}
	return ""
}

// Read is a reply as it was read. Type is empty where none could be read.
type Read struct {
	Format  reply.Format   `json:"format,omitempty"`
	Type    string         `json:"type"`
	Items   []string       `json:"items"`
	Defects []reply.Defect `json:"defects"`

	// Transformed is the text that was read and graded, where a transform of the suite made it of the reply; empty
	// where it made none.
	Transformed *string `json:"transformed,omitempty"`
}

// GradedText is the text that was read and graded of a reply that was transformed; empty where there is none, also in
// a run that was loaded without its texts.
func (r *Run) GradedText(call *Call) string {
	for _, t := range r.TrialsOf(call.Case) {
		if t.Trial == call.Trial && t.Read != nil && t.Read.Transformed != nil {
			return *t.Read.Transformed
		}
	}
	return ""
}

// An End is the last line of a run that was closed.
type End struct {
	Kind     string    `json:"kind"`
	Status   Status    `json:"status"`
	Reason   string    `json:"reason,omitempty"` // why the run is not complete
	Trials   int       `json:"trials"`           // trial lines written
	Calls    int       `json:"calls"`            // calls made, replays not counted
	Replayed int       `json:"replayed"`
	Errors   int       `json:"errors"`            // trials that ended in an error
	Unscored int       `json:"unscored"`          // scores that could not be decided
	Decided  *Decided  `json:"decided,omitempty"` // of a complete run that stopped early
	Ended    time.Time `json:"ended"`
}
