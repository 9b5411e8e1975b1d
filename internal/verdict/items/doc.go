// Package items says what the cases of a suite and its graders are worth: which inputs nearly repeat each other or an
// example in a prompt, which cases never tell revisions apart, which flip from run to run of one revision, which
// graders move together, and which types and tags are too thin to show a drop of ten points.
//
// A [Collector] takes the cases of the suite and its recorded runs, one run at a time, and gives an [Analysis]. It is
// pure, and the order of the runs decides nothing but which of two gradings of one reply counts: the first.
package items
