// Package regrade grades the recorded replies of a run again by the suite as it
// is now, without a model call: for a new run file ([SaveRegraded]), or in
// memory for a comparison ([Regrade]).
package regrade
