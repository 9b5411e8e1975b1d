// Package project loads what a command needs: the config, the suite and the
// prompts, with the model that each prompt runs on and what it costs.
//
// Command-line flags meet files here. [Load] reports every problem of every
// file at once, before anything is sent.
package project
