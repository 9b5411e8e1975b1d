// Package run is what happens: it reads a project, asks models, grades replies and writes runs.
//
//	project    loads the config, the suite and the revisions; resolves models and prices
//	check      finds problems in a project and gives advice
//	cases      proposes cases for the suite
//	runs       finds and chooses recorded runs; history, the baseline, redacted copies
//	job        prepares and runs what asks models: revisions, calibrations, pairwise comparisons
//	runner     asks, replays, grades and records every trial of a job
//	judge      puts rubric questions to a model and reads its verdicts
//	regrade    grades recorded replies again, for one run or for a comparison
//	improve    proposes revisions, races them, and compares the best with the base on sealed cases
//	cause      finds which part of a prompt's change did it
//	result     sums up recorded runs and compares them, for output to show
//	interrupt  the signals that end a command cleanly
//	session    the time while a job runs: interrupts, progress, logs
//	watch      runs again when a file is saved
//
// It is the top wing: it uses all the others, and only commands use it.
package run
