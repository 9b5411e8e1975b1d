package runfile

import (
	"encoding/json"
	"time"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
)

// A Header is the first line of a run file. It makes the file self-contained: nothing but the file is needed to show,
// regrade or compare the run.
type Header struct {
	Kind     string         `json:"kind"`
	Schema   int            `json:"schema"`
	Run      string         `json:"run"` // equals the file's name without .jsonl
	Prompt   Prompt         `json:"prompt"`
	Suite    Suite          `json:"suite"`
	Model    Model          `json:"model"`
	Reply    reply.Rules    `json:"reply"`
	Reader   int            `json:"reader,omitempty"` // the [reply.Version] that read the replies, see ReaderVersion
	Graders  []graders.Spec `json:"graders"`
	Cases    int            `json:"cases,omitempty"` // that the run is over, begun or not; 0 where it was not known
	Trials   int            `json:"trials"`          // trials per case
	Fresh    *Fresh         `json:"fresh,omitempty"` // of a run that makes all calls anew
	Selected *Selection     `json:"selected,omitempty"`
	Sealed   *Sealed        `json:"sealed,omitempty"`        // of a run on a suite that seals some of the selected cases
	Source   string         `json:"regraded_from,omitempty"` // the run whose replies were graded again
	Pooled   []string       `json:"pooled,omitempty"`        // the runs whose trials this one has, oldest first
	Judge    *Judge         `json:"judge,omitempty"`
	Embedder *Model         `json:"embeddings,omitempty"` // the model that embeddings are from
	Pairwise *Pairwise      `json:"pairwise,omitempty"`   // of a run in which a judge compared two others
	Blame    *Blame         `json:"blame,omitempty"`      // of a run of variants of one change
	Mutant   *Mutant        `json:"mutant,omitempty"`     // of a run that shows whether the suite notices a broken prompt
	Redacted *Redacted      `json:"redacted,omitempty"`   // of a run whose texts were taken out
	Git      *Git           `json:"git,omitempty"`
	Tool     string         `json:"tool"`
	Started  time.Time      `json:"started"`
}

// Fresh says that a run replays no older calls than from a time: when the first of the runs began that go on with each
// other.
type Fresh struct {
	Since time.Time `json:"since"`
	Copy  int       `json:"copy,omitempty"` // which of two runs of one revision it is, from 1, where chance is measured
}

// ReaderVersion is the version of the reader that the replies went through: 1 where the header does not say.
func (h Header) ReaderVersion() int { return max(1, h.Reader) }

// Prompt is the revision of a run. Hash is its identity; the rest is what it said, so that a run can be shown without
// the prompt file.
type Prompt struct {
	Name           string          `json:"name"`
	Path           string          `json:"path"`
	Revision       string          `json:"revision,omitempty"` // git revision it was read from
	Hash           string          `json:"hash"`
	Description    string          `json:"description,omitempty"`
	Messages       []Message       `json:"messages"`
	Params         params.Params   `json:"params,omitzero"`
	ResponseFormat string          `json:"response_format,omitempty"`
	JSONSchema     json.RawMessage `json:"json_schema,omitempty"`
	Tools          []prompt.Tool   `json:"tools,omitempty"`
	ToolChoice     string          `json:"tool_choice,omitempty"`
	ReplyFormat    reply.Format    `json:"reply_format,omitempty"`
}

// A Message is one message of a prompt, its placeholders unfilled.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Suite names the suite of a run.
type Suite struct {
	Name string `json:"name"`
	Path string `json:"path"`
	Hash string `json:"hash"`
}

// Model names the model of a run; Params are those in force, merged.
type Model struct {
	Name     string        `json:"name"`
	Endpoint string        `json:"endpoint"`
	API      string        `json:"api,omitempty"` // as a config names it; empty for chat
	ID       string        `json:"id"`
	Params   params.Params `json:"params"`
	Thinking [][2]string   `json:"thinking,omitempty"` // the config's marks around its thinking
}

// Same reports whether two runs were on one model: by one id at one endpoint and API.
func (m Model) Same(other Model) bool {
	return m.ID == other.ID && m.Endpoint == other.Endpoint && m.API == other.API
}

// Identity names a model by all that its answers depend on: its id, its endpoint and its parameters.
func (m Model) Identity() string {
	out := m.ID + " (" + m.Endpoint + ")"
	if raw, err := json.Marshal(m.Params); err == nil && string(raw) != "{}" {
		out += " " + string(raw)
	}
	return out
}

// Judge names what judged the run's rubric. Scores of two runs are comparable where both hashes and all models are
// equal.
type Judge struct {
	Model      Model            `json:"model"`
	Prompt     *Prompt          `json:"prompt,omitempty"` // what it was asked with
	PromptHash string           `json:"prompt_hash"`
	RubricHash string           `json:"rubric_hash"`        // of what it was asked
	Criteria   map[string]Model `json:"criteria,omitempty"` // those that another model judged, by id
}

// Pairwise names the two runs that a judge compared reply by reply.
type Pairwise struct {
	Base       string `json:"base"`
	Head       string `json:"head"`
	BasePrompt string `json:"base_prompt"`
	HeadPrompt string `json:"head_prompt"`
}

// Redacted says that markers replace a run's texts, so that its calls can't be replayed and its replies can't be graded
// again. The markers of two runs with one Key are equal where the texts were.
type Redacted struct {
	From string `json:"from"` // the run that it was made from
	Key  string `json:"key"`  // tells the keys of markers apart, and says nothing of them
}

// A Selection is what --case and --tag left of a suite, or the cases that were drawn from that.
type Selection struct {
	Cases []string `json:"cases,omitempty"`
	Tags  []string `json:"tags,omitempty"`
	Draw  *Draw    `json:"draw,omitempty"`  // nil where --case and --tag alone chose
	After string   `json:"after,omitempty"` // an earlier run of the prompt over the whole suite, which may have led to it
}

// A Draw says how the cases of a run were drawn.
type Draw struct {
	Of          int    `json:"of"`                     // the cases that --case and --tag left
	Failed      string `json:"failed,omitempty"`       // the run in which the cases failed, of --failed
	FailedCases int    `json:"failed_cases,omitempty"` // that failed in it
	Sample      int    `json:"sample,omitempty"`       // so many by chance; 0 for no sample
	Seed        uint64 `json:"seed,omitempty"`         // of the sample
	Limit       int    `json:"limit,omitempty"`        // the first so many; 0 for no limit
}

// IsSample reports whether chance alone chose the cases of a run among all of the suite.
func (s *Selection) IsSample() bool {
	return s != nil && s.Draw != nil && s.Draw.Sample > 0 && s.Draw.Failed == "" && len(s.Tags) == 0
}

// DrawOf returns how the cases of a run were drawn; nil where they were not.
func (h Header) DrawOf() *Draw {
	if h.Selected == nil {
		return nil
	}
	return h.Selected.Draw
}

// Sealed says how many of the selected cases a suite seals, and if the run has them.
type Sealed struct {
	Cases  int      `json:"cases"`
	Opened *Opening `json:"opened,omitempty"` // nil: the run leaves them out
}

// HasOpened reports whether the run has the sealed cases of its suite, on record.
func (h Header) HasOpened() bool { return h.Sealed != nil && h.Sealed.Opened != nil }

// An Opening says when and for which prompt the sealed cases of a suite were scored.
type Opening struct {
	At         time.Time `json:"at"`
	PromptHash string    `json:"prompt_hash"`
	Number     int       `json:"number"` // of the openings of this suite that could be read then, from 1
}

// Git is the state of the working tree that a run was made in.
type Git struct {
	Commit string `json:"commit"`
	Dirty  bool   `json:"dirty"`
}
