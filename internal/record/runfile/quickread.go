package runfile

import (
	"promptbench/graders"
	"promptbench/graders/reply"
)

// The members of the records, in the order in which a [Writer] writes them. A reader below leaves a line with any other
// member to encoding/json.
const (
	caseMembers = "kind case input messages turns vars expect tags group note sealed images input_hash"
	callMembers = "kind key case trial variant for turn round criterion vote reply thinking reply_from tool_calls " +
		"finish_reason response_model usage latency_ms attempts at replayed_from batch error"
	usageMembers  = "input_tokens output_tokens cached_tokens reasoning_tokens"
	trialMembers  = "kind case trial variant key read scores error"
	readMembers   = "format type items defects transformed"
	defectMembers = "code detail"
	scoreMembers  = "grader value pass answer share reason unscored broken not_applicable"
)

func (k *collector) readCase(c *cursor, into *Case) {
	c.members(caseMembers, func(name string) {
		switch name {
		case "kind", "messages", "vars", "images":
			c.skip()
		case "turns":
			shared(c, k.turns, &into.Turns)
		case "case":
			into.Case = k.word(c.text())
		case "input":
			into.Input = string(c.text())
		case "expect":
			shared(c, k.expects, &into.Expect)
		case "tags":
			shared(c, k.tags, &into.Tags)
		case "group":
			into.Group = k.word(c.text())
		case "note":
			into.Note = k.word(c.text())
		case "sealed":
			into.Sealed = c.boolean()
		case "input_hash":
			into.InputHash = string(c.text())
		}
	})
}

func (k *collector) readCall(c *cursor, into *Call) {
	c.members(callMembers, func(name string) {
		switch name {
		case "kind", "key", "thinking", "reply_from":
			c.skip()
		case "tool_calls":
			if c.skip(); k.begin != nil && into.Begins == "" && into.For == ForReply { // they are what the reply says
				c.fail()
			}
		case "reply":
			if k.begin == nil || into.For != ForReply {
				c.skip()
			} else {
				into.Begins = k.begin(string(c.text()))
			}
		case "case":
			into.Case = k.word(c.text())
		case "trial":
			into.Trial = int(c.integer())
		case "variant":
			into.Variant = k.word(c.text())
		case "for":
			into.For = k.word(c.text())
		case "turn":
			into.Turn = int(c.integer())
		case "round":
			into.Round = int(c.integer())
		case "finish_reason":
			into.FinishReason = k.word(c.text())
		case "response_model":
			into.ResponseModel = k.word(c.text())
		case "usage":
			into.Usage = readUsage(c)
		case "latency_ms":
			into.LatencyMS = c.integer()
		case "attempts":
			into.Attempts = int(c.integer())
		case "at":
			if into.At.UnmarshalJSON(c.raw()) != nil {
				c.fail()
			}
		case "replayed_from":
			into.ReplayedFrom = k.word(c.text())
		case "batch":
			into.Batch = k.word(c.text())
		case "error":
			c.decode(&into.Error)
		case "criterion":
			into.Criterion = k.word(c.text())
		case "vote":
			into.Vote = int(c.integer())
		}
	})
}

func readUsage(c *cursor) *Usage {
	if c.null() {
		return nil
	}
	var u Usage
	c.members(usageMembers, func(name string) {
		switch name {
		case "input_tokens":
			u.InputTokens = int(c.integer())
		case "output_tokens":
			u.OutputTokens = int(c.integer())
		case "cached_tokens":
			u.CachedTokens = int(c.integer())
		case "reasoning_tokens":
			u.ReasoningTokens = int(c.integer())
		}
	})
	return &u
}

// readTrial fills the trial with lists that the next one overwrites.
func (k *collector) readTrial(c *cursor, into *Trial) {
	k.list, k.defects = k.list[:0], k.defects[:0]
	c.members(trialMembers, func(name string) {
		switch name {
		case "kind", "key":
			c.skip()
		case "case":
			into.Case = k.word(c.text())
		case "trial":
			into.Trial = int(c.integer())
		case "variant":
			into.Variant = k.word(c.text())
		case "read":
			k.readReading(c, into)
		case "scores":
			c.elements(func() { k.readScore(c) })
			into.Scores = k.list
		case "error":
			c.decode(&into.Error)
		}
	})
}

func (k *collector) readReading(c *cursor, into *Trial) {
	k.read = Read{}
	into.Read = &k.read
	c.members(readMembers, func(name string) {
		switch name {
		case "format":
			k.read.Format = reply.Format(k.word(c.text()))
		case "type":
			k.read.Type = k.word(c.text())
		case "items":
			n := 0
			c.elements(func() {
				n++
				c.skipText()
			})
			k.read.Items = k.blanks(n)
		case "defects":
			c.elements(func() { k.readDefect(c) })
			k.read.Defects = k.defects
		case "transformed":
			c.skip()
		}
	})
}

func (k *collector) readDefect(c *cursor) {
	var d reply.Defect
	var detail []byte
	c.members(defectMembers, func(name string) {
		switch name {
		case "code":
			d.Code = reply.Code(k.word(c.text()))
		case "detail":
			detail = c.text()
		}
	})
	if k.keepsDetail(d) {
		d.Detail = k.word(detail)
	}
	k.defects = append(k.defects, d)
}

func (k *collector) readScore(c *cursor) {
	var s graders.Score
	var before string // the grader of this place in the trial before, mostly this one, too
	if n := len(k.list); n < cap(k.list) {
		before = k.list[:n+1][n].Grader
	}
	c.members(scoreMembers, func(name string) {
		switch name {
		case "grader":
			if text := c.text(); string(text) == before {
				s.Grader = before
			} else {
				s.Grader = k.word(text)
			}
		case "value":
			if !c.null() {
				s.Value = k.value(c.number())
			}
		case "pass":
			s.Pass = c.boolean()
		case "answer", "reason":
			c.skipText()
		case "unscored":
			s.Unscored = k.word(c.text())
		case "broken":
			s.Broken = c.boolean()
		case "not_applicable":
			s.NotApplicable = k.word(c.text())
		case "share":
			s.Share = c.number()
		}
	})
	k.list = append(k.list, s)
}
