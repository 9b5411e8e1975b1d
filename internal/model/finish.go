package model

import "promptbench/internal/record/runfile"

// The finish reasons that mean something to promptbench, as run files name them.
const (
	FinishStop          = runfile.FinishStop
	FinishLength        = runfile.FinishLength
	FinishContentFilter = runfile.FinishContentFilter
	FinishToolCalls     = runfile.FinishToolCalls
	FinishRefusal       = runfile.FinishRefusal
	FinishInvalid       = runfile.FinishInvalid
	FinishFailed        = runfile.FinishFailed
)

// FinishReason names by meaning why a model stopped, see [runfile.FinishReason].
func FinishReason(word string) string { return runfile.FinishReason(word) }
