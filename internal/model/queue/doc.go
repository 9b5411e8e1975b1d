// Package queue has the calls of a run made by workers on other machines, through
// a work queue on NATS JetStream.
//
// The process that runs is the coordinator, and the only writer of the run file.
// A [Lane] is its side of the queue for one revision: to the run it is a
// [model.Model] that makes one attempt, so that limits, retries and budgets stay
// where they are and hold for all workers together. It publishes an item for
// each attempt, waits for the reply, and acknowledges that once the run has
// stored it:
//
//	coordinator  →  stream PROMPTBENCH_WORK     promptbench.work.LANE.KEY.ATTEMPT   →  a worker
//	coordinator  ←  stream PROMPTBENCH_REPLIES  promptbench.reply.LANE.KEY.ATTEMPT  ←  a worker
//
// No more items are out than the run has calls under way, which is the
// back-pressure: the queue holds what workers are busy with, not the suite.
//
// A [Worker] takes items of every lane that it has a model for, makes the call
// with its own key, stores the reply in the queue, and only then acknowledges
// the item. While it works it says so; an item whose worker falls silent goes to
// another one. An item that was lost with several workers fails its trial.
//
// What survives whose death: items and replies stand in the server's streams, so
// a worker loses the calls that it was making; the coordinator none, since the
// next run takes over the lane of one that died, see [Lane]; the server what it
// had not written, which the coordinator notices and publishes again.
//
// What a message holds is all that a call needs but for the key. A body or a
// reply over the server's limit goes through the object store.
package queue
