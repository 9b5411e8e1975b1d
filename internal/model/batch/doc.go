// Package batch has a provider answer the requests of a run in batches, at the
// provider's pace and price.
//
// A [Collector] serves one revision. It is given all requests that have no recorded
// reply, hands in those that no earlier run has handed in already, in pieces
// that the provider takes, and looks after the pieces until they are over. To
// the run it is a [model.Model]: a call waits until the batch that holds its
// request is over, so that grading and recording go as they always do.
//
// Nothing is handed in twice. A line in the run file says what a piece holds
// before anything is sent, and a second one which batch the provider made of
// it; a piece that has the first line only is looked for among the provider's
// batches, which carry its id as a label. So a run that was killed at any
// moment, or that did not wait, is finished by the next one: it finds in the
// run files which requests are at the provider, see [runfile.Index.Pieces].
//
// Requests that the provider did not get to, or that failed for a reason that
// passes, are handed in again, some times at most.
package batch
