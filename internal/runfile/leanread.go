package runfile

import (
	"encoding/json"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// A once tells a member that stands twice in an object, where encoding/json has
// rules of its own. There are fewer than 64 names.
type once uint64

// first reports whether the member with this number is met for the first time.
func (o *once) first(number int) bool {
	bit := once(1) << number
	met := *o&bit != 0
	*o |= bit
	return !met
}

func (k *lean) readCase(data []byte, c *Case) bool {
	var met once
	return members(data, func(name, value []byte) bool {
		switch string(name) {
		case "kind":
			return met.first(0)
		case "case":
			return met.first(1) && k.text(value, &c.Case)
		case "input":
			var ok bool
			c.Input, ok = wholeText(value)
			return met.first(2) && ok
		case "vars":
			return met.first(3)
		case "expect":
			return met.first(4) && k.expect(value, &c.Expect)
		case "tags":
			return met.first(5) && k.tagList(value, &c.Tags)
		case "group":
			return met.first(6) && k.text(value, &c.Group)
		case "note":
			return met.first(7) && k.text(value, &c.Note)
		case "input_hash":
			var ok bool
			c.InputHash, ok = wholeText(value)
			return met.first(8) && ok
		}
		return false
	})
}

func (k *lean) readCall(data []byte, c *Call) bool {
	var met once
	return members(data, func(name, value []byte) bool {
		switch string(name) {
		case "kind":
			return met.first(0)
		case "key":
			return met.first(1)
		case "case":
			return met.first(2) && k.text(value, &c.Case)
		case "trial":
			return met.first(3) && count(value, &c.Trial)
		case "for":
			return met.first(4) && k.text(value, &c.For)
		case "reply":
			return met.first(5)
		case "thinking":
			return met.first(6)
		case "finish_reason":
			return met.first(7) && k.text(value, &c.FinishReason)
		case "response_model":
			return met.first(8) && k.text(value, &c.ResponseModel)
		case "usage":
			c.Usage = &Usage{}
			return met.first(9) && readUsage(value, c.Usage)
		case "latency_ms":
			var ok bool
			c.LatencyMS, ok = wholeNumber(value)
			return met.first(10) && ok
		case "attempts":
			return met.first(11) && count(value, &c.Attempts)
		case "at":
			return met.first(12) && c.At.UnmarshalJSON(value) == nil
		case "replayed_from":
			return met.first(13) && k.text(value, &c.ReplayedFrom)
		case "error":
			return met.first(14) && json.Unmarshal(value, &c.Error) == nil
		}
		return false
	})
}

func readUsage(data []byte, u *Usage) bool {
	var met once
	return members(data, func(name, value []byte) bool {
		switch string(name) {
		case "input_tokens":
			return met.first(0) && count(value, &u.InputTokens)
		case "output_tokens":
			return met.first(1) && count(value, &u.OutputTokens)
		}
		return false
	})
}

// readTrial fills the trial with lists that the next one overwrites.
func (k *lean) readTrial(data []byte, t *Trial) bool {
	k.list, k.defects = k.list[:0], k.defects[:0]
	var met once
	return members(data, func(name, value []byte) bool {
		switch string(name) {
		case "kind":
			return met.first(0)
		case "case":
			return met.first(1) && k.text(value, &t.Case)
		case "trial":
			return met.first(2) && count(value, &t.Trial)
		case "key":
			return met.first(3)
		case "read":
			t.Read = &Read{}
			return met.first(4) && k.readReading(value, t.Read)
		case "scores":
			ok := met.first(5) && elements(value, k.readScore)
			t.Scores = k.list
			return ok
		case "error":
			return met.first(6) && json.Unmarshal(value, &t.Error) == nil
		}
		return false
	})
}

func (k *lean) readReading(data []byte, r *Read) bool {
	var met once
	return members(data, func(name, value []byte) bool {
		var s string
		switch string(name) {
		case "format":
			ok := met.first(0) && k.text(value, &s)
			r.Format = reply.Format(s)
			return ok
		case "type":
			return met.first(1) && k.text(value, &r.Type)
		case "items":
			n := 0
			ok := met.first(2) && elements(value, func(item []byte) bool { n++; return item[0] == '"' })
			r.Items = k.blanks(n)
			return ok
		case "defects":
			ok := met.first(3) && elements(value, k.readDefect)
			r.Defects = k.defects
			return ok
		}
		return false
	})
}

func (k *lean) readDefect(data []byte) bool {
	var met once
	var code string
	ok := members(data, func(name, value []byte) bool {
		switch string(name) {
		case "code":
			return met.first(0) && k.text(value, &code)
		case "detail":
			return met.first(1) && value[0] == '"'
		}
		return false
	})
	k.defects = append(k.defects, reply.Defect{Code: reply.Code(code)})
	return ok
}

func (k *lean) readScore(data []byte) bool {
	var met once
	var s graders.Score
	ok := members(data, func(name, value []byte) bool {
		switch string(name) {
		case "grader":
			return met.first(0) && k.text(value, &s.Grader)
		case "value":
			return met.first(1) && k.score(value, &s.Value)
		case "pass":
			s.Pass = string(value) == "true"
			return met.first(2) && (s.Pass || string(value) == "false")
		case "answer":
			return met.first(3) && value[0] == '"'
		case "reason":
			return met.first(4) && value[0] == '"'
		case "unscored":
			return met.first(5) && k.text(value, &s.Unscored)
		case "not_applicable":
			return met.first(6) && k.text(value, &s.NotApplicable)
		}
		return false
	})
	k.list = append(k.list, s)
	return ok
}

func count(value []byte, into *int) bool {
	n, ok := wholeNumber(value)
	*into = int(n)
	return ok
}
