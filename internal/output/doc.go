// Package output is what is shown: it turns comparisons, summaries and runs into text, files and pages.
//
//	report    a result as a table, Markdown, JSON, JUnit XML or CSV
//	page      a result as one HTML file
//	phrase    the wording that all formats share
//	view      the pages of a runs directory, served on this machine
//	terminal  notes, problems, progress and the pager of a command
//
// It reads verdict and record. It never runs a trial and never calls a model.
package output
