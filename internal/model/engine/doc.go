// Package engine makes the calls of a job. A call goes through these steps, from the outermost:
//
//	stop      fails at once when no call can succeed any more
//	count     calls, tokens and cost, for the progress display
//	budget    --max-calls, --max-cost
//	retry     tries again what may succeed later
//	breaker   stops everything when every attempt fails
//	allow     keeps to the configured requests and tokens a minute
//	limit     how many calls may be under way, and how fast they leave
//	log       writes a line for each attempt
//	client    makes one attempt over HTTP
//
// An Engine puts the steps together and holds what the models of a job share. Retry is outside of limit: a call that
// waits for its next attempt takes no place.
package engine
