package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/output/phrase"
	"promptbench/internal/output/report"
	"promptbench/internal/record/replace"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// The reasons for which a command ends that a CI job treats in its own way.
const (
	reasonNotRecorded = "not_recorded" // a reply is not recorded, and could not be asked for
	reasonSameRequest = "same_request" // two revisions send the same, so there is nothing to compare
	reasonPrograms    = "programs"     // --no-programs, and the suite has some
)

// A status says for programs how a command ended.
type status struct {
	Schema   int      `json:"schema"`
	ExitCode int      `json:"exit_code"`
	Reason   string   `json:"reason,omitempty"`
	Message  string   `json:"message,omitempty"` // what a person should read first
	Runs     []string `json:"runs"`              // the files of the runs that it made or went on with
	Again    bool     `json:"again,omitempty"`   // --confirm ran a second time

	file string
}

// say keeps the first message.
func (s *status) say(message string) {
	if s.Message == "" {
		s.Message = strings.TrimPrefix(message, "promptbench: ")
	}
}

// write writes the status of a command that ended with err, if a file is named for it.
func (s *status) write(err error, lines []string) error {
	if s.file == "" || !canBeStatus(s.file) { // refuseInputs says so
		return nil
	}
	s.Schema, s.ExitCode = 1, codeOf(err)
	for _, line := range lines {
		s.say(line)
	}
	refusal, isRefused := errors.AsType[*compare.Refusal](err)
	switch {
	case errors.Is(err, job.ErrSameRequest), isRefused && refusal.IsSamePrompt:
		s.Reason = reasonSameRequest
	case errors.Is(err, project.ErrPrograms):
		s.Reason = reasonPrograms
	}
	if s.Runs == nil {
		s.Runs = []string{}
	}
	for i, path := range s.Runs {
		s.Runs[i] = filepath.ToSlash(path)
	}
	if err := replace.File(s.file, func(w io.Writer) error { return report.WriteJSON(w, s) }); err != nil {
		return fmt.Errorf("writing --status: %w", err)
	}
	return nil
}

// canBeStatus reports whether a status can replace a file: it is one, or is empty, or is
// no regular file.
func canBeStatus(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return true
	}
	isStatus, err := inputfile.BeginsWith(path, `{"schema":1,"exit_code":`)
	return err == nil && isStatus
}

// addFailures takes over why trials have no reply.
func (s *status) addFailures(kinds []string) {
	if len(kinds) == 1 && kinds[0] == runfile.KindNotRecorded {
		s.Reason = reasonNotRecorded
	}
}

// A headline is a renderer that keeps the sentence which says how a result is.
type headline struct{ to *status }

// Run keeps which gate is missed.
func (h headline) Run(r report.Run) error {
	for _, g := range r.Summary.Gates {
		if summary.Missed([]summary.GateResult{g}) {
			h.to.say(g.String())
		}
	}
	return nil
}

// Pair keeps the sentence of a comparison.
func (h headline) Pair(p report.Pair) error {
	h.to.say(p.Comparison.Headline)
	return nil
}

// Variants keeps the sentence of several variants.
func (h headline) Variants(v report.Variants) error {
	h.to.say(phrase.OverviewHeadline(v.Variants))
	return nil
}

// Close does nothing.
func (headline) Close() error { return nil }
