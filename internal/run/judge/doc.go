// Package judge is the judge's side of a rubric: it makes a request of a sample
// and the questions about it, and a verdict of what comes back.
//
//   - prompt.go loads the judge's prompt, a prompt file like any other;
//   - quote.go quotes what a user typed and what a model replied as data that
//     can't be taken for anything else;
//   - request.go fills the prompt in and asks for structured output, pair.go does
//     so for two replies;
//   - verdict.go reads an answer strictly: exactly one of the options, after a
//     reason, or no verdict;
//   - votes.go makes one verdict of several.
//
// The package is pure. Who is asked, and what is recorded of it, is decided in
// package runner.
package judge
