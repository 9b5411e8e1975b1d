package runfile

import (
	"encoding/json"
	"math"
	"os"
	"strconv"

	"golang.org/x/text/unicode/norm"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// A collector gathers the records of a run. Short of [Full] it keeps of them what the detail promises, and one copy of
// values that recur: ids, types, and whole lists of scores. A run of 100,000 trials has a few hundred different lists.
type collector struct {
	detail Detail
	begin  func(reply string) string // of a reply; nil where it is not kept
	cases  pile[Case]
	trials pile[Trial]
	calls  pile[Call]

	numbers map[string]int32 // of the ids of cases, in the order they are met
	words   map[string]string
	tags    map[string][]string
	expects map[string]graders.Expect
	turns   map[string][]graders.Turn
	values  map[float64]*float64
	scores  map[string][]graders.Score
	reads   map[string]*Read

	list    []graders.Score // of the trial at hand
	defects []reply.Defect
	read    Read
	items   []string // all of them empty
	key     []byte
}

func newCollector(d Detail) *collector {
	return &collector{
		detail: d, numbers: map[string]int32{},
		words: map[string]string{}, tags: map[string][]string{}, expects: map[string]graders.Expect{},
		turns:  map[string][]graders.Turn{},
		values: map[float64]*float64{}, scores: map[string][]graders.Score{}, reads: map[string]*Read{},
	}
}

// shortest is less than any line of a run takes, in bytes.
const shortest = 60

// expectAll makes room for what the end line of a file says is in it.
func (k *collector) expectAll(f *os.File) {
	e, size, err := readEnd(f)
	if err != nil || e == nil {
		return // nothing is known; reading the file will tell
	}
	room := func(n int) int { return max(0, min(n, int(size/shortest))) }
	k.trials.expect(room(e.Trials))
	k.calls.expect(room(e.Calls + e.Replayed))
	k.cases.expect(room(e.Trials))
}

// word is the one copy of a text.
func (k *collector) word(text []byte) string {
	if kept, ok := k.words[string(text)]; ok {
		return kept
	}
	s := norm.NFC.String(string(text))
	if kept, ok := k.words[s]; ok {
		s = kept
	}
	k.words[string(text)] = s
	return s
}

func (k *collector) same(s *string) {
	*s = k.word([]byte(*s))
}

func (k *collector) number(id string) int32 {
	n, ok := k.numbers[id]
	if !ok {
		n = int32(len(k.numbers))
		k.numbers[id] = n
	}
	return n
}

func (k *collector) addCase(l Line) error {
	c := k.cases.add()
	if k.detail != Scores || !readFast(l.Data, func(at *cursor) { k.readCase(at, c) }) {
		*c = Case{}
		if err := l.Decode(c); err != nil {
			return err
		}
		k.same(&c.Case)
	}
	if k.detail == Scores {
		c.Messages, c.Vars = nil, nil
	}
	c.Kind = KindCase
	k.cases.rank(rank{id: k.number(c.Case), what: only})
	return nil
}

func (k *collector) addCall(l Line) error {
	c := k.calls.add()
	if k.detail != Scores || !readFast(l.Data, func(at *cursor) { k.readCall(at, c) }) {
		*c = Call{}
		if err := l.Decode(c); err != nil {
			return err
		}
		for _, s := range []*string{
			&c.Case, &c.For, &c.Criterion, &c.FinishReason, &c.ResponseModel, &c.ReplayedFrom, &c.Batch,
		} {
			k.same(s)
		}
	}
	if k.begin != nil && c.Begins == "" && c.For == ForReply {
		c.Begins = k.begin(c.Text())
	}
	if k.detail == Scores {
		c.Key, c.Reply, c.Thinking, c.ReplyFrom, c.ToolCalls = "", "", "", "", nil
	}
	c.Kind = KindCall
	what := int32(only)
	switch c.For {
	case ForReply:
	case ForTurn:
		what = firstTurn + int32(c.Turn)*(MaxRounds+1) + int32(c.Round)
	default:
		what = 0 // a judge is asked several times about one trial
	}
	k.calls.rank(rank{id: k.number(c.Case), trial: int32(c.Trial), what: what})
	return nil
}

func (k *collector) addTrial(l Line) error {
	t := k.trials.add()
	if k.detail == Full || !readFast(l.Data, func(at *cursor) { k.readTrial(at, t) }) {
		*t = Trial{}
		if err := l.Decode(t); err != nil {
			return err
		}
		k.same(&t.Case)
	}
	if k.detail != Full {
		t.Key = ""
		k.shareScores(t)
		k.shareRead(t)
	}
	t.Kind = KindTrial
	k.trials.rank(rank{id: k.number(t.Case), trial: int32(t.Trial), what: only})
	return nil
}

// shareScores puts the one copy of the list of scores in the place of the trial's own.
func (k *collector) shareScores(t *Trial) {
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
		if s.Share != 0 {
			key = strconv.AppendUint(append(key, '/'), math.Float64bits(s.Share), 16)
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
func (k *collector) shareRead(t *Trial) {
	if t.Read == nil {
		return
	}
	key := appendText(appendText(k.key[:0], string(t.Read.Format)), t.Read.Type)
	key = append(strconv.AppendInt(key, int64(len(t.Read.Items)), 10), ';')
	for i := range t.Read.Defects {
		d := &t.Read.Defects[i]
		if !k.keepsDetail(*d) {
			d.Detail = ""
		}
		key = appendText(appendText(key, string(d.Code)), d.Detail)
	}
	k.key = key
	kept, ok := k.reads[string(key)]
	if !ok {
		kept = &Read{
			Format: t.Read.Format, Type: t.Read.Type, Items: k.blanks(len(t.Read.Items)),
			Defects: append([]reply.Defect{}, t.Read.Defects...),
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

// mostDetailed is how many different readings keep the words of their defects, so that their memory is bounded.
const mostDetailed = 1000

// keepsDetail reports whether the words of a defect are kept: why nothing could be read, which a summary says.
func (k *collector) keepsDetail(d reply.Defect) bool {
	return d.Severity() == reply.Fatal && len(k.reads) < mostDetailed
}

// value is the one copy of a score's value.
func (k *collector) value(f float64) *float64 {
	kept, ok := k.values[f]
	if !ok {
		kept = &f
		k.values[f] = kept
	}
	return kept
}

// blanks is a list of n items without their texts.
func (k *collector) blanks(n int) []string {
	for len(k.items) < n {
		k.items = append(k.items, "")
	}
	return k.items[:n:n]
}

// shared decodes the next value, or finds it decoded before.
func shared[T any](c *cursor, kept map[string]T, into *T) {
	raw := c.raw()
	if value, ok := kept[string(raw)]; ok {
		*into = value
		return
	}
	if c.bad || json.Unmarshal(raw, into) != nil {
		c.fail()
		return
	}
	kept[string(raw)] = *into
}
