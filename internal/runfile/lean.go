package runfile

import (
	"encoding/json"
	"math"
	"strconv"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// A lean keeps of the lines of a run what [Scores] promises, and one copy of
// what recurs: ids, types, and whole lists of scores, of which a run of 100,000
// trials has a few hundred. What it hands out is shared and not to be changed.
type lean struct {
	words   map[string]string
	tags    map[string][]string
	expects map[string]graders.Expect
	values  map[float64]*float64
	scores  map[string][]graders.Score
	reads   map[string]*Read

	list    []graders.Score // of the trial at hand
	defects []reply.Defect
	items   []string // all of them empty
	key     []byte
}

func newLean() *lean {
	return &lean{
		words: map[string]string{}, tags: map[string][]string{}, expects: map[string]graders.Expect{},
		values: map[float64]*float64{}, scores: map[string][]graders.Score{}, reads: map[string]*Read{},
	}
}

// word is the one copy of a text.
func (k *lean) word(text []byte) string {
	if kept, ok := k.words[string(text)]; ok {
		return kept
	}
	s := string(text)
	k.words[s] = s
	return s
}

func (k *lean) same(s *string) {
	if kept, ok := k.words[*s]; ok {
		*s = kept
		return
	}
	k.words[*s] = *s
}

// text decodes a raw JSON string into the one copy of its text.
func (k *lean) text(value []byte, into *string) bool {
	if text, ok := plainText(value); ok {
		*into = k.word(text)
		return true
	}
	s, ok := wholeText(value)
	if ok {
		*into = s
		k.same(into)
	}
	return ok
}

func (k *lean) addCase(run *Run, l Line, d Detail) error {
	var c Case
	if d == Full || !k.readCase(l.Data, &c) {
		c = Case{}
		if err := l.Decode(&c); err != nil {
			return err
		}
		k.same(&c.Case)
	}
	if d == Scores {
		c.Vars = nil
	}
	c.Kind = KindCase
	run.Cases = append(run.Cases, c)
	return nil
}

func (k *lean) addCall(run *Run, l Line, d Detail) error {
	var c Call
	if d == Full || !k.readCall(l.Data, &c) {
		c = Call{}
		if err := l.Decode(&c); err != nil {
			return err
		}
		for _, s := range []*string{&c.Case, &c.For, &c.FinishReason, &c.ResponseModel, &c.ReplayedFrom} {
			k.same(s)
		}
	}
	if d == Scores {
		c.Key, c.Reply, c.Thinking = "", "", ""
	}
	c.Kind = KindCall
	run.Calls = append(run.Calls, c)
	return nil
}

func (k *lean) addTrial(run *Run, l Line, d Detail) error {
	var t Trial
	if d == Full || !k.readTrial(l.Data, &t) {
		t = Trial{}
		if err := l.Decode(&t); err != nil {
			return err
		}
		k.same(&t.Case)
	}
	if d == Scores {
		t.Key = ""
		k.shareScores(&t)
		k.shareRead(&t)
	}
	t.Kind = KindTrial
	run.Trials = append(run.Trials, t)
	return nil
}

// shareScores puts the one copy of the list of scores in the place of the
// trial's own.
func (k *lean) shareScores(t *Trial) {
	if len(t.Scores) == 0 {
		t.Scores = nil
		return
	}
	key := k.key[:0]
	for i := range t.Scores {
		s := &t.Scores[i]
		s.Answer, s.Reason = "", ""
		key = appendText(key, s.Grader)
		key = appendText(key, s.Unscored)
		key = appendText(key, s.NotApplicable)
		key = strconv.AppendBool(key, s.Pass)
		if s.Value != nil {
			key = strconv.AppendUint(append(key, '='), math.Float64bits(*s.Value), 16)
		}
		key = append(key, ';')
	}
	k.key = key
	kept, ok := k.scores[string(key)]
	if !ok {
		kept = make([]graders.Score, len(t.Scores))
		copy(kept, t.Scores)
		for i := range kept {
			k.same(&kept[i].Grader)
		}
		k.scores[string(key)] = kept
	}
	t.Scores = kept
}

// shareRead does the same for what was read.
func (k *lean) shareRead(t *Trial) {
	if t.Read == nil {
		return
	}
	key := appendText(appendText(k.key[:0], string(t.Read.Format)), t.Read.Type)
	key = append(strconv.AppendInt(key, int64(len(t.Read.Items)), 10), ';')
	for i := range t.Read.Defects {
		key = appendText(key, string(t.Read.Defects[i].Code))
	}
	k.key = key
	kept, ok := k.reads[string(key)]
	if !ok {
		kept = &Read{Format: t.Read.Format, Type: t.Read.Type, Items: k.blanks(len(t.Read.Items)), Defects: make([]reply.Defect, len(t.Read.Defects))}
		for i := range t.Read.Defects {
			kept.Defects[i].Code = t.Read.Defects[i].Code
		}
		k.reads[string(key)] = kept
	}
	t.Read = kept
}

// appendText appends a text so that no two lists of texts give the same bytes.
func appendText(key []byte, s string) []byte {
	key = strconv.AppendInt(key, int64(len(s)), 10)
	return append(append(key, ':'), s...)
}

// score decodes a score's value into the one copy of it; null is none.
func (k *lean) score(value []byte, into **float64) bool {
	if string(value) == "null" {
		return true
	}
	f, ok := number(value)
	if !ok {
		return false
	}
	kept, ok := k.values[f]
	if !ok {
		kept = &f
		k.values[f] = kept
	}
	*into = kept
	return true
}

// blanks is a list of n items without their texts.
func (k *lean) blanks(n int) []string {
	for len(k.items) < n {
		k.items = append(k.items, "")
	}
	return k.items[:n:n]
}

// expect decodes an expectation, or finds it decoded.
func (k *lean) expect(value []byte, into *graders.Expect) bool {
	if kept, ok := k.expects[string(value)]; ok {
		*into = kept
		return true
	}
	if json.Unmarshal(value, into) != nil {
		return false
	}
	k.expects[string(value)] = *into
	return true
}

// tagList decodes a list of tags, or finds it decoded.
func (k *lean) tagList(value []byte, into *[]string) bool {
	if kept, ok := k.tags[string(value)]; ok {
		*into = kept
		return true
	}
	if json.Unmarshal(value, into) != nil {
		return false
	}
	k.tags[string(value)] = *into
	return true
}
