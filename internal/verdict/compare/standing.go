package compare

// A Standing is how a run did, as lists of runs show it.
type Standing struct {
	Cases, Done int // that the run is over, and that have all their trials
	Scores      []Score
	Base        string // the run that it was compared with; empty if none
	BaseName    string // the base's revision
	Verdict     *Verdict
}

// A Score is the mean of a grader over a run; nil if it scored nothing.
type Score struct {
	Grader string   `json:"grader"`
	Mean   *float64 `json:"mean"`
}
