// Package report renders what other packages found, for people and programs:
// a run as a summary, a comparison of two revisions, and single cases in full.
// The tables of a terminal are here, in the files named …text.go; each other
// format has a file of its name. To add a format, implement [Renderer] in a file
// of its own and name it in formats.go.
//
// Every renderer takes finished numbers and a writer, and prints the same bytes
// for the same input. Inputs and replies are hostile: whatever goes to a
// terminal passes through package textsafe.
package report
