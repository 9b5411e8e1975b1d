// Package runs finds recorded runs: those that a command-line argument names
// ([Lookup]), those of a history ([Past]), and the cases of a run that flags
// select ([Narrow]). It also writes copies of runs: the baseline and redacted ones.
package runs
