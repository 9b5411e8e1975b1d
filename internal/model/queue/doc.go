// Package queue has workers on other machines make the calls of a run, through NATS JetStream.
//
// A [Coordinator] is the run's side and a [model.Model]: it publishes an item for each attempt, waits for the reply,
// and acknowledges that once the run has stored it. A [Worker] takes the items of every run that it has a model for,
// makes the call with its own key, stores the reply in the queue, and then acknowledges the item:
//
//	coordinator  →  stream PROMPTBENCH_WORK     promptbench.work.RUN.KEY.ATTEMPT   →  worker
//	coordinator  ←  stream PROMPTBENCH_REPLIES  promptbench.reply.RUN.KEY.ATTEMPT  ←  worker
//
// No more items are out than the run has calls under way. An item whose worker is silent goes to another one. The next
// run takes over what a coordinator that died left in the server, so no call is made twice.
package queue
