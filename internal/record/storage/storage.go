// Package storage says what run files cost on disk, and which of them can go.
//
// [List] are the runs of a directory with their sizes, and [Prune] says of each whether it goes, and what keeps those
// that stay.
package storage

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
)

// A Stored is a run and what it costs on disk.
type Stored struct {
	runfile.Found

	Bytes     int64    // of its file
	Committed bool     // git holds its file
	Copies    []string // further files that hold the run, as a baseline does
}

// named reports whether the file bears the run's name, as promptbench writes it. One that does not was put where it is
// by somebody.
func (s Stored) named() bool { return filepath.Base(s.Path) == s.Header.Run+runfile.Ext }

// List returns the runs in dir and its subfolders whose header fits, the newest first, in any state. It lists copies of
// a run once, under the file with the run's name. Committed are the files that git holds, from [Tracked], or nil if
// they do not matter.
func List(dir string, committed map[string]bool, fits func(runfile.Header) bool) ([]Stored, error) {
	all, err := runfile.Find(dir, fits)
	if err != nil {
		return nil, err
	}
	var out []Stored
	at := map[string]int{}
	for _, f := range all {
		info, err := os.Stat(f.Path)
		if err != nil {
			continue // it went away since
		}
		s := Stored{Found: f, Bytes: info.Size(), Committed: committed[filepath.Clean(f.Path)]}
		i, seen := at[f.Header.Run]
		switch {
		case !seen:
			at[f.Header.Run] = len(out)
			out = append(out, s)
		case s.named() && !out[i].named():
			s.Copies = slices.Concat(out[i].Copies, []string{out[i].Path})
			out[i] = s
		default:
			out[i].Copies = append(out[i].Copies, s.Path)
		}
	}
	return out, nil
}

// A Usage is what a directory of run files costs on disk.
type Usage struct {
	Files     int
	Committed int // of the files, those that git holds
	Bytes     int64
}

// UsageOf adds up all run files in dir and its subfolders. Git holds the committed ones.
func UsageOf(dir string, committed map[string]bool) (Usage, error) {
	paths, err := runfile.Files(dir)
	if err != nil {
		return Usage{}, err
	}
	var u Usage
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			continue // it went away since
		}
		u.Files++
		u.Bytes += info.Size()
		if committed[filepath.Clean(path)] {
			u.Committed++
		}
	}
	return u, nil
}

// Tracked are the files under a directory that git holds, by their path; none outside a repository, or without git.
func Tracked(ctx context.Context, dir string) map[string]bool {
	cmd := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	found := map[string]bool{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		found[filepath.Join(dir, filepath.FromSlash(name))] = true
	}
	return found
}
