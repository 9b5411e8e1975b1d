// Package report renders what other packages found, for people and programs:
// a run as a summary, a comparison of two revisions, and single cases in full.
//
// Every renderer takes finished numbers and a writer, and prints the same bytes
// for the same input. Inputs and replies are hostile: whatever goes to a
// terminal passes through package textsafe.
package report
