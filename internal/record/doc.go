// Package record is what is kept: files that outlive a command.
//
//	runfile  the run file: calls, trials and scores, one JSON object a line
//	label    the labels that people give to replies
//	redact   removes private text from a run before it is shared
//	replace  writes a file at once or not at all
//	storage  how much the runs take, and which of them can be removed
//
// It uses input and text only, so anything above can read and write records.
package record
