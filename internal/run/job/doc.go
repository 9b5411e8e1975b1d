// Package job prepares and runs what asks models: revisions over a suite
// ([Prepare]), the calibration of a judge ([PrepareCalibration]) and pairwise
// comparisons by a judge. Package runner does the trials.
package job
