// Package improve searches for a better revision of a prompt. An editor, which is a model, proposes whole prompt files
// from cases that fail and pass; candidates race on the unsealed cases, by package search; at the end one of them meets
// the base on the sealed cases, once, by the ordinary verdict.
//
// Every call is part of an ordinary run, also those to the editor: its requests are the cases of a suite of their own.
// So a search that was killed is run again by the same command, and replays what it has. All that it decides follows
// from replies, never from the time or from what was replayed.
package improve
