// Package verdict is what runs mean. Everything in it is pure: the same records give the same answer.
//
//	stats        tests, intervals and corrections, on numbers alone
//	summary      what one run comes down to, and its gates
//	compare      two runs, paired by case, and the verdict
//	labelled     judged rates and differences from labels of a run's own replies
//	calibration  how far a judge agrees with people
//	history      scores over time
//	blame        which part of a prompt's change did it
//	plan         what a run would cost and could show
//	causes       why the cases of a run fail
//	search       which candidates for a prompt are asked with which cases next, and kept
//	brief        what a person needs to write the next revision
//	items        what the cases and graders of a suite are worth
//
// It reads record and input. It never opens a file, calls a model or formats a page.
package verdict
