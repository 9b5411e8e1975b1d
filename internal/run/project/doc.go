// Package project brings together what a command needs: the config, the suite
// and the prompts, the model with its key, the recordings that can be replayed,
// and the run files that a revision's name stands for.
//
// It is where command-line flags meet files. [Load] reports every problem of
// every file at once, before anything is sent anywhere.
package project
