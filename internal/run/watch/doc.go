// Package watch runs a revision again at each save of its prompt, suite or config ([Watch]). It decides when several
// events are one save ([Debounce]), whether the files say anything new ([Contents]), which cases are asked first
// ([Rank]), and what is known of the cases so far ([Live], [Merge]).
package watch
