// Package run is what happens: it reads a project, asks models, grades replies and writes runs.
//
//	project   loads the config, the suite and the revisions; finds and chooses runs
//	runner    asks, replays, grades and records every trial of a run
//	judge     puts rubric questions to a model and reads its verdicts
//	watch     runs again when a file is saved
//
// It is the top wing: it uses all the others, and only commands use it.
package run
