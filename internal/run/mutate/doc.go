// Package mutate asks a model with mutants of a prompt, each until it is decided against the original, and with the
// original itself as a control.
//
// Every mutant has an ordinary run file in a folder of the runs directory. So the same command goes on after a kill,
// and replays what it has.
package mutate
