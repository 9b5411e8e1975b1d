// Package batch has a provider answer the requests of a run in batches, at half the price and within a day.
//
// A [Collector] serves one revision. It submits the requests that have no recorded reply and are not at the provider
// yet, in pieces, and watches the pieces. It is a [model.Model]: a call waits for the batch that holds its request. A
// [Client] speaks to the provider.
//
// Nothing is submitted twice. A line in the run file names the requests of a piece before anything is sent, and a
// second one the batch that the provider made of it. The provider keeps the id of the piece as a label of the batch, so
// the next run finds the batch even where the second line is missing.
package batch
