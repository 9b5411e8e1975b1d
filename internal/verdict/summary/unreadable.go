package summary

import (
	"cmp"

	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// Unreadable is how many replies could not be read, and why.
type Unreadable struct {
	Replies int    `json:"replies"`          // that could not be read
	Of      int    `json:"of"`               // replies in all
	Defect  string `json:"defect,omitempty"` // the most frequent words of the most frequent defect
}

// UnreadableOf counts the replies of a run in which no document, or none with a type, could be read. It returns nil if
// there are none, or if the suite reads nothing from replies.
func UnreadableOf(run *runfile.Run) *Unreadable {
	if !run.Header.ReadsReplies() {
		return nil
	}
	var u Unreadable
	codes, details := map[reply.Code]int{}, map[reply.Defect]int{}
	var most reply.Defect
	for i := range run.Trials {
		read := run.Trials[i].Read
		if read == nil {
			continue
		}
		u.Of++
		if reply.Worst(read.Defects) != reply.Fatal {
			continue
		}
		u.Replies++
		for _, d := range read.Defects {
			if d.Severity() == reply.Fatal {
				codes[d.Code]++
				details[d]++
			}
		}
	}
	if u.Replies == 0 {
		return nil
	}
	for d, n := range details {
		// Of equally frequent ones the first by name, so that the same run gives the same words.
		if cmp.Or(codes[d.Code]-codes[most.Code], n-details[most], cmp.Compare(most.Code, d.Code),
			cmp.Compare(most.Detail, d.Detail)) > 0 {
			most = d
		}
	}
	u.Defect = cmp.Or(most.Detail, string(most.Code))
	return &u
}
