// Package engine makes the calls of a job. An Engine has what its models share. Each call takes these steps:
//
//	stop      fails at once when no call can succeed any more
//	budget    --max-calls, --max-cost
//	count     calls, tokens and cost, for the progress display
//	retry     tries again what may succeed later; a call that waits takes no place
//	breaker   stops everything when every attempt fails
//	allow     keeps to the configured requests and tokens a minute
//	limit     how many calls may be under way, and how fast they leave
//	log       writes a line for each attempt
//	client    makes one attempt over HTTP
package engine
