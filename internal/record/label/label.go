// Package label holds what people say of replies: whether a reply meets a criterion, said before any judge's verdict is
// seen. A judge is measured against these labels.
//
// [Questions] makes the list of what is to be labelled, shuffled and without anything that tells the revision; a
// [Session] goes through it, answer by answer; [Read] and [Append] keep the answers in a file that is only ever
// appended to. A [Draw] in that file says that the answers are about a random sample of the replies of some runs.
package label

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/input/strictyaml"
)

// An Answer is what a person says of a reply.
type Answer string

// The answers. Withdrawn takes the one before back.
const (
	Yes       Answer = "yes"    // it meets the criterion
	No        Answer = "no"     // it does not
	Unsure    Answer = "unsure" // a person can't tell
	Withdrawn Answer = "withdrawn"
)

// A Label is one answer of one person, a line of a label file.
type Label struct {
	Kind      string    `json:"kind"` // "label"
	Suite     string    `json:"suite"`
	Criterion string    `json:"criterion"`
	Question  string    `json:"question_hash"` // what was asked, see rubric.QuestionHash
	Case      string    `json:"case"`
	Text      string    `json:"text_hash"` // what was shown, see TextHash
	Answer    Answer    `json:"label"`
	Labeller  string    `json:"labeller"`
	Drawn     Drawn     `json:"drawn,omitempty"` // how the reply came to be labelled
	Note      string    `json:"note,omitempty"`  // what the person says beside the answer
	At        time.Time `json:"at"`
}

// A Reply is a reply to be labelled: what the user typed, and what came back without the model's thinking.
type Reply struct {
	Case     string
	Expected string // type
	Input    string
	Text     string
	Type     string   // as it was read
	Items    []string // as they were read
}

// TextHash identifies what is shown of a reply: the hex SHA-256 over the canonical JSON {"input":…,"reply":…}. Which
// revision it is from does not matter.
func (r Reply) TextHash() string {
	raw, err := strictyaml.Canonical(map[string]string{"input": r.Input, "reply": r.Text})
	if err != nil { // texts always encode
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// A Question is one criterion put to a person about one reply.
type Question struct {
	Reply     Reply
	Criterion graders.Criterion
	Drawn     Drawn
}

// A Key is what makes two questions the same.
type Key struct {
	Question string // see [rubric.QuestionHash]
	Text     string // see [Reply.TextHash]
}

// Key identifies the question.
func (q Question) Key() Key { return Key{rubric.QuestionHash(q.Criterion), q.Reply.TextHash()} }

// Key identifies the question that the label answers.
func (l Label) Key() Key { return Key{l.Question, l.Text} }

// Questions lists every criterion that applies to each reply. Replies come in an order that only the seed decides, one
// with the same text once, the criteria of a reply together. A question that is made of what each case demands is left
// out: labels belong to one question.
func Questions(replies []Reply, criteria []graders.Criterion, seed uint64) []Question {
	byHash := make(map[string]Reply, len(replies))
	for _, r := range replies {
		byHash[r.TextHash()] = r
	}
	hashes := slices.Sorted(maps.Keys(byHash)) // the order of the runs must not show through
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(hashes), func(i, j int) { hashes[i], hashes[j] = hashes[j], hashes[i] })
	var out []Question
	for _, h := range hashes {
		for _, c := range criteria {
			if c.Applies(graders.Expect{Type: byHash[h].Expected}) {
				out = append(out, Question{Reply: byHash[h], Criterion: c})
			}
		}
	}
	return out
}

// Latest returns the label of each person on each question that holds: the last one, unless it was withdrawn. They come
// in the order of the file.
func Latest(labels []Label) []Label {
	type mine struct {
		Key
		labeller string
	}
	last := map[mine]int{}
	for i, l := range labels {
		last[mine{l.Key(), l.Labeller}] = i
	}
	var out []Label
	for i, l := range labels {
		if last[mine{l.Key(), l.Labeller}] == i && l.Answer != Withdrawn {
			out = append(out, l)
		}
	}
	return out
}

// Majority is what most answers say: yes or no, or nothing where as many say the one as the other, or nobody can tell.
func Majority(answers []Answer) (pass, ok bool) {
	balance := 0
	for _, a := range answers {
		switch a {
		case Yes:
			balance++
		case No:
			balance--
		}
	}
	return balance > 0, balance != 0
}

// FileName returns the name of the file with the labels of one person on one suite.
func FileName(suite, labeller string) string {
	safe := func(s string) string {
		return strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`/\:*?"<>| `, r) || r < ' ' {
				return '-'
			}
			return r
		}, s), "-.")
	}
	return safe(suite) + "-" + safe(labeller) + ".jsonl"
}
