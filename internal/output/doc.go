// Package output is what is shown: it turns comparisons, summaries and runs into text, files and pages.
//
//	report    a result as a table, Markdown, JSON, JUnit XML or CSV
//	page      a result as one HTML file
//	phrase    the wording that all formats share
//	view      the pages of a runs directory, served on this machine
//	progress  what a command says while it works: progress, notes, problems, the pager
//
// It reads verdict and record. It never runs a trial and never calls a model.
package output
