// Package graders scores model replies by fixed criteria.
//
// A [Grader] looks at one [Sample], a case with the reply as it was read, and
// gives [Score] values. The built-in graders are plain constructors: [CaseType],
// [SubtodoCount], [Format], [Rubric] and the deterministic text graders
// ([Contains], [NotContains], [Equals], [Regex], [JSONSchema], [Length],
// [Number], [Checks]). [Similar], [Rouge], [Bleu] and [EditDistance] hold a reply against
// reference texts. [Latency] and [Cost] score the call instead of its reply. An
// [Expression] is a grader of one line, with a name of its own.
//
// [New] builds any of them from a name and JSON parameters, strictly, and
// [CheckExpect] and [CheckExpression] find mistakes before anything is graded.
// [Fail] makes the scores of a reply that failed as a whole.
//
// What no code can decide, a [Rubric] puts to a [Judge] as a question with fixed
// answers. [Similar] asks an [Embedder].
//
// A score never guesses: where a grader cannot decide, the score is unscored
// with the reason, and where the grader does not apply to a case, it says so.
// Neither is ever 0 or 1.
package graders

import (
	"context"
	"encoding/json"

	"promptbench/graders/reply"
)

// A Grader scores one sample. It returns at least one score, each named after
// the grader (a rubric adds one per criterion). An error means that grading was
// cancelled or is broken, never that the reply is bad.
type Grader interface {
	// Spec names the grader, its version and its parameters; it is stored with
	// every run, so that two runs graded differently are never compared as equal.
	Spec() Spec
	// Grade scores one sample. It is called for many samples at once.
	Grade(ctx context.Context, s Sample) ([]Score, error)
}

// A Spec identifies how scores came about. Version rises whenever the same
// parameters would score a reply differently.
type Spec struct {
	Name    string          `json:"name"`           // of the grader and its score
	Kind    string          `json:"kind,omitempty"` // expression or command, where the suite chooses Name
	Version int             `json:"version"`
	Params  json.RawMessage `json:"params,omitempty"` // canonical JSON object, or absent

	// Says is how a command introduces itself, its name and its version, or the
	// model of embeddings of similar; empty for others, and until it is known.
	Says string `json:"says,omitempty"`
}

// Builder is the name that [New] builds such a grader by.
func (s Spec) Builder() string {
	if s.Kind != "" {
		return s.Kind
	}
	return s.Name
}

// A Sample is one trial to be graded: the case, what is expected of the reply,
// and the reply as it was read.
type Sample struct {
	Case   string            `json:"case"`
	Trial  int               `json:"trial"` // from 1
	Input  string            `json:"input"`
	Vars   map[string]string `json:"vars"`
	Tags   []string          `json:"tags"`
	Expect Expect            `json:"expect"`
	Format reply.Format      `json:"format"` // what the revision declares to answer in
	Reply  reply.Reply       `json:"reply"`
	Call   Call              `json:"call,omitzero"`

	// Of a conversation. Input is the message that the reply answers.
	Turn       int       `json:"turn,omitempty"`       // the number of the reply, from 1
	Transcript []Message `json:"transcript,omitempty"` // from the first message of the user to the reply, without thinking

	// ToolCalls are those of the reply, and of the replies before it in the turn, which got results.
	ToolCalls []ToolCall `json:"tool_calls,omitempty"`

	args    map[string]any // what an expression about the arguments of a call can name
	turns   []Sample       // of the whole conversation, this one included; nil of a plain case
	earlier bool           // only what this turn expects is graded
}

// A Call is what the reply took to get. What is unknown is nil, never 0.
type Call struct {
	LatencyMS    *int64   `json:"latency_ms,omitempty"`
	InputTokens  *int     `json:"input_tokens,omitempty"`
	OutputTokens *int     `json:"output_tokens,omitempty"`
	Cost         *float64 `json:"cost,omitempty"` // in the currency of the model's price

	NoLatency string `json:"-"` // why the latency is unknown
	NoCost    string `json:"-"` // why the cost is unknown
}

// Expect is what a case expects of its reply. Every field is optional.
// [Expectations] describes each, and a [BuiltIn] names the one that it reads.
type Expect struct {
	Type        string   `json:"type,omitempty" yaml:"type"`
	Count       *Range   `json:"count,omitempty" yaml:"count"` // overrides the range of its type
	Equals      []string `json:"equals,omitempty" yaml:"equals"`
	Contains    []string `json:"contains,omitempty" yaml:"contains"`
	NotContains []string `json:"not_contains,omitempty" yaml:"not_contains"`
	Regex       string   `json:"regex,omitempty" yaml:"regex"`

	JSONSchema json.RawMessage `json:"json_schema,omitempty" yaml:"json_schema"` // JSON text
	ToolCalls  []ExpectedCall  `json:"tool_calls,omitempty" yaml:"tool_calls"`
	Checks     []string        `json:"checks,omitempty" yaml:"checks"` // expressions as in [Criterion]
	Meets      []string        `json:"meets,omitempty" yaml:"meets"`   // demands in words, see [Criterion]

	Reference []string `json:"reference,omitempty" yaml:"reference"` // texts that a good reply is like
	Number    *float64 `json:"number,omitempty" yaml:"number"`
}

// A Range is an inclusive range of counts. A nil bound is open.
type Range struct {
	Min *int `json:"min,omitempty" yaml:"min"`
	Max *int `json:"max,omitempty" yaml:"max"`
}

// A Score is one grader's finding on one sample. Exactly one of three holds:
// Value is set (in [0,1], never NaN); Unscored says why the grader could not
// decide; NotApplicable says why the grader does not apply to this case.
type Score struct {
	Grader        string   `json:"grader"`
	Value         *float64 `json:"value"`
	Pass          bool     `json:"pass"`
	Answer        string   `json:"answer,omitempty"` // what the grader read: a type, a count, a verdict
	Share         float64  `json:"share,omitempty"`  // of the judge's votes, those for Answer; 0 unless there were several
	Reason        string   `json:"reason,omitempty"`
	Unscored      string   `json:"unscored,omitempty"`
	Broken        bool     `json:"broken,omitempty"` // unscored, because the grader or its judge failed
	NotApplicable string   `json:"not_applicable,omitempty"`
}
