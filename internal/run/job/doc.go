// Package job prepares and runs what asks models. Each of these is a [Job]:
//
//   - [Prepare]: revisions over a suite, each on its target; a run file for each;
//   - [PrepareCalibration]: a judge asked about labelled replies;
//   - [PreparePairwise]: a judge asked which of two replies is better.
//
// A [Transport] makes the calls of revisions: this process, a provider's batches or
// the workers of a queue. Package runner does the trials; it decides their order and
// when a job ends before the last. A job that needs the result of another prepares
// and runs that one first.
//
// [Options.Until] has revisions run until their verdicts are decided, against a
// recorded run or beside the first of them: the Decided of each [runfile.End] that
// [Job.Run] returns is the decision.
package job
