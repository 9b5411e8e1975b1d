// Package batch has a provider answer the requests of a run in batches, at half the price and within a day.
//
// A [Collector] serves one revision. It submits the requests that have no recorded reply and are not at the provider
// yet, in pieces that the provider accepts, and watches the pieces until they are done. It is a [model.Model]: a call
// waits for the batch that holds its request, and grading and recording go on as always. A [Client] speaks to the
// provider.
//
// Nothing is submitted twice. A line in the run file names the requests of a piece before anything is sent, and a
// second one the batch that the provider made of it. A piece with the first line only is looked for among the
// provider's batches, which have its id as a label. So the next run finishes one that was killed, see
// [runfile.Index.Pieces]. Requests that failed for a reason that passes are submitted again, at most three times.
package batch
