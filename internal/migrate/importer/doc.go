// Package importer turns the evaluations of other tools into a project of
// promptbench: promptfoo configs, GitHub's .prompt.yml files with testData,
// samples of OpenAI evals, and tables.
//
// [Import] reads a file and those it names through [Files], and returns a
// [Result]: the files to be written, and everything of the source that could not
// be carried over, each with its place. A reader for each format (promptfoo.go,
// github.go, evals.go, table.go) fills a draft: prompts in the templates of their
// tool, cases with their vars, and expectations. draft.finish then chooses which
// var is the input, translates the templates, and writes the expectations in the
// graders of a suite. Nothing here runs code of the source, asks a model or
// writes a file; [Disk] alone reads any.
package importer
