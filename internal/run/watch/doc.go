// Package watch decides what a save of a prompt, a suite or the config leads to:
// when several events are one save ([Debounce]), whether the files say anything
// new ([Contents]), which cases are asked first ([Rank]), what is known of the
// cases so far ([Live], [Merge]), and which lines of a screen are drawn again
// ([Redraw]).
//
// It reads no file and writes to no terminal: the command does.
package watch
