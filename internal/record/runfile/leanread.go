package runfile

import (
	"encoding/json"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// The readers below know every member of their record; at one they don't know
// the cursor turns bad, and encoding/json reads the line.

func (k *lean) readCase(c *cursor, into *Case) {
	var met once
	c.members(func(name []byte) {
		switch string(name) {
		case "kind":
			met.first(c, 0)
			c.skip()
		case "case":
			met.first(c, 1)
			into.Case = k.word(c.text())
		case "input":
			met.first(c, 2)
			into.Input = string(c.text())
		case "vars":
			met.first(c, 3)
			c.skip()
		case "expect":
			met.first(c, 4)
			k.expect(c, &into.Expect)
		case "tags":
			met.first(c, 5)
			k.tagList(c, &into.Tags)
		case "group":
			met.first(c, 6)
			into.Group = k.word(c.text())
		case "note":
			met.first(c, 7)
			into.Note = k.word(c.text())
		case "input_hash":
			met.first(c, 8)
			into.InputHash = string(c.text())
		default:
			c.fail()
		}
	})
}

func (k *lean) readCall(c *cursor, into *Call) {
	var met once
	c.members(func(name []byte) {
		switch string(name) {
		case "kind":
			met.first(c, 0)
			c.skip()
		case "key":
			met.first(c, 1)
			c.skip()
		case "case":
			met.first(c, 2)
			into.Case = k.word(c.text())
		case "trial":
			met.first(c, 3)
			into.Trial = int(c.integer())
		case "for":
			met.first(c, 4)
			into.For = k.word(c.text())
		case "reply":
			met.first(c, 5)
			c.skip()
		case "thinking":
			met.first(c, 6)
			c.skip()
		case "finish_reason":
			met.first(c, 7)
			into.FinishReason = k.word(c.text())
		case "response_model":
			met.first(c, 8)
			into.ResponseModel = k.word(c.text())
		case "usage":
			met.first(c, 9)
			into.Usage = readUsage(c)
		case "latency_ms":
			met.first(c, 10)
			into.LatencyMS = c.integer()
		case "attempts":
			met.first(c, 11)
			into.Attempts = int(c.integer())
		case "at":
			met.first(c, 12)
			if into.At.UnmarshalJSON(c.raw()) != nil {
				c.fail()
			}
		case "replayed_from":
			met.first(c, 13)
			into.ReplayedFrom = k.word(c.text())
		case "batch":
			met.first(c, 17)
			into.Batch = k.word(c.text())
		case "error":
			met.first(c, 14)
			readError(c, &into.Error)
		case "criterion":
			met.first(c, 15)
			into.Criterion = k.word(c.text())
		case "vote":
			met.first(c, 16)
			into.Vote = int(c.integer())
		default:
			c.fail()
		}
	})
}

func readUsage(c *cursor) *Usage {
	if c.null() {
		return nil
	}
	var met once
	var u Usage
	c.members(func(name []byte) {
		switch string(name) {
		case "input_tokens":
			met.first(c, 0)
			u.InputTokens = int(c.integer())
		case "output_tokens":
			met.first(c, 1)
			u.OutputTokens = int(c.integer())
		default:
			c.fail()
		}
	})
	return &u
}

func readError(c *cursor, into **Error) {
	if json.Unmarshal(c.raw(), into) != nil {
		c.fail()
	}
}

// readTrial fills the trial with lists that the next one overwrites.
func (k *lean) readTrial(c *cursor, into *Trial) {
	k.list, k.defects = k.list[:0], k.defects[:0]
	var met once
	c.members(func(name []byte) {
		switch string(name) {
		case "kind":
			met.first(c, 0)
			c.skip()
		case "case":
			met.first(c, 1)
			into.Case = k.word(c.text())
		case "trial":
			met.first(c, 2)
			into.Trial = int(c.integer())
		case "key":
			met.first(c, 3)
			c.skip()
		case "read":
			met.first(c, 4)
			k.readReading(c, into)
		case "scores":
			met.first(c, 5)
			c.elements(func() { k.readScore(c) })
			into.Scores = k.list
		case "error":
			met.first(c, 6)
			readError(c, &into.Error)
		default:
			c.fail()
		}
	})
}

func (k *lean) readReading(c *cursor, into *Trial) {
	var met once
	k.read = Read{}
	into.Read = &k.read
	c.members(func(name []byte) {
		switch string(name) {
		case "format":
			met.first(c, 0)
			k.read.Format = reply.Format(k.word(c.text()))
		case "type":
			met.first(c, 1)
			k.read.Type = k.word(c.text())
		case "items":
			met.first(c, 2)
			n := 0
			c.elements(func() {
				n++
				c.skipText()
			})
			k.read.Items = k.blanks(n)
		case "defects":
			met.first(c, 3)
			c.elements(func() { k.readDefect(c) })
			k.read.Defects = k.defects
		default:
			c.fail()
		}
	})
}

func (k *lean) readDefect(c *cursor) {
	var met once
	var d reply.Defect
	c.members(func(name []byte) {
		switch string(name) {
		case "code":
			met.first(c, 0)
			d.Code = reply.Code(k.word(c.text()))
		case "detail":
			met.first(c, 1)
			c.skipText()
		default:
			c.fail()
		}
	})
	k.defects = append(k.defects, d)
}

func (k *lean) readScore(c *cursor) {
	var met once
	var s graders.Score
	var before string // the grader of this place in the trial before, mostly this one, too
	if n := len(k.list); n < cap(k.list) {
		before = k.list[:n+1][n].Grader
	}
	c.members(func(name []byte) {
		switch string(name) {
		case "grader":
			met.first(c, 0)
			if text := c.text(); string(text) == before {
				s.Grader = before
			} else {
				s.Grader = k.word(text)
			}
		case "value":
			met.first(c, 1)
			if !c.null() {
				s.Value = k.value(c.number())
			}
		case "pass":
			met.first(c, 2)
			s.Pass = c.boolean()
		case "answer":
			met.first(c, 3)
			c.skipText()
		case "reason":
			met.first(c, 4)
			c.skipText()
		case "unscored":
			met.first(c, 5)
			s.Unscored = k.word(c.text())
		case "not_applicable":
			met.first(c, 6)
			s.NotApplicable = k.word(c.text())
		case "share":
			met.first(c, 7)
			s.Share = c.number()
		default:
			c.fail()
		}
	})
	k.list = append(k.list, s)
}
