package summary

import "promptbench/internal/record/runfile"

// Said is what a run answered to one case, in short: what was read of the first trial with a reply.
type Said struct {
	Type   string  `json:"type"` // empty where unread
	Items  int     `json:"items"`
	Begins *string `json:"begins,omitempty"` // the beginning of the reply, where its type and items do not tell it

	Counted bool   `json:"-"` // the suite says where items are, so that none is worth saying
	Failed  string `json:"-"` // why the reply fails as a whole: cut by length, withheld or invalid; empty if it does not
}

// SaidOf returns what a run answered in the trials of one case.
func SaidOf(run *runfile.Run, trials []runfile.Trial) Said {
	for i := range trials {
		t := &trials[i]
		if t.Read == nil {
			continue
		}
		said := Said{Type: t.Read.Type, Items: len(t.Read.Items), Counted: run.Header.CountsItems()}
		if told := said.Type != "" || said.Counted && said.Items > 0; !told && run.Header.QuotesReplies() {
			if call := ReplyTo(run, t); call != nil {
				said.Begins = &call.Begins
			}
		}
		said.Failed = failureOf(run, t)
		return said
	}
	return Said{Counted: run.Header.CountsItems()}
}
