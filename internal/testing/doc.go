// Package testing holds what tests need. No command imports it.
//
//	fakeopenai    an endpoint with scripted replies and faults
//	chromium      a real browser
//	reporttest    runs to render
//	mutate        broken files and flags to try a program with
//	traffic       exports of what users typed, with known secrets and copies
//	peak          how much memory a process took
//	resultschema  the JSON Schemas of results
//	repo          the rules of this repository
//	ci            the workflows and the action, run step by step
package testing
