package storage

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
)

// A Pruning says which runs are to stay, beside those that always do.
type Pruning struct {
	Keep       int    // so many of each revision, suite and model, the newest
	Baseline   string // this file
	Unfinished bool   // runs that did not end complete may go, too
	Recordings bool   // so may the only recordings of what a later run would replay, or people labelled
}

// A Fate is what becomes of a run.
type Fate struct {
	Stored

	Stays string // why; empty where it goes
}

// What keeps a run.
const (
	staysBaseline   = "the baseline"
	staysCommitted  = "committed to git"
	staysNamed      = "its file was given a name of its own"
	staysFolder     = "its file was put in a folder"
	staysWritten    = "it is being written"
	staysUnfinished = "unfinished; running it again goes on from there"
	staysBatch      = "a batch of it has not been collected"
	staysNewest     = "among the newest"
	staysOnly       = "the only recording of replies to a prompt as it is now"
	staysLabelled   = "the only recording of replies that people labelled"
)

// Prune says of every run, the newest first, whether it goes. Nothing is deleted; see [runfile.Remove].
//
// These always stay: the baseline, what git holds, files that do not bear the name of their run or lie in a folder
// below dir, and what is being written or waits for a batch. What may be given up only where the pruning says so: runs
// that did not end complete, and the only recordings of replies that people labelled, or to prompts as they are in the
// work tree or in the newest commit.
func Prune(ctx context.Context, dir string, fits func(runfile.Header) bool, how Pruning) ([]Fate, error) {
	stored, err := List(dir, Tracked(ctx, dir), fits)
	if err != nil {
		return nil, err
	}
	waiting, err := waiting(dir, stored)
	if err != nil {
		return nil, err
	}
	fates := make([]Fate, len(stored))
	newest := map[line]int{}
	for i, s := range stored {
		fates[i] = Fate{Stored: s, Stays: how.stays(dir, s, waiting)}
		l := lineOf(s)
		if newest[l]++; fates[i].Stays == "" && newest[l] <= how.Keep {
			fates[i].Stays = staysNewest
		}
	}
	if !how.Recordings {
		others, err := runfile.Find(dir, func(h runfile.Header) bool { return !fits(h) })
		if err != nil {
			return nil, err
		}
		keepRecordings(ctx, dir, fates, others)
	}
	return fates, nil
}

func (how Pruning) stays(dir string, s Stored, waiting map[string]bool) string {
	switch {
	case filepath.Clean(s.Path) == filepath.Clean(how.Baseline):
		return staysBaseline
	case s.Committed:
		return staysCommitted
	case !s.named():
		return staysNamed
	case filepath.Dir(filepath.Clean(s.Path)) != filepath.Clean(dir):
		return staysFolder
	case runfile.Written(s.Path):
		return staysWritten
	case waiting[s.Header.Run]:
		return staysBatch
	case s.Status != runfile.Complete && !how.Unfinished:
		return staysUnfinished
	}
	return ""
}

// A line is a group of runs in which a newer run replaces an older one: runs of one revision, by name, over one suite
// on one model. Runs over a part of the suite, incomplete runs and redacted ones have lines of their own, so that they
// replace no whole run.
type line struct {
	prompt, suite, model, endpoint string
	part, unfinished, redacted     bool
}

func lineOf(s Stored) line {
	h := s.Header
	return line{
		h.Prompt.Name, h.Suite.Name, h.Model.ID, h.Model.Endpoint, h.Selected != nil || s.Stopped(),
		s.Status != runfile.Complete, h.Redacted != nil,
	}
}

// waiting are the runs with batches that nobody has collected. Only a run that is not complete can have any.
func waiting(dir string, stored []Stored) (map[string]bool, error) {
	if !slices.ContainsFunc(stored, func(s Stored) bool { return s.Status != runfile.Complete }) {
		return nil, nil
	}
	x, err := runfile.OpenIndex(dir, runfile.Query{Fits: func(runfile.Header) bool { return true }})
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, piece := range x.Pieces() {
		if at := strings.LastIndexByte(piece.ID, '-'); at > 0 && !piece.Collected {
			out[piece.ID[:at]] = true
		}
	}
	return out, x.Close()
}

// keepRecordings lets those runs stay that alone hold a reply which a run of a prompt as it is now would replay, or
// which people labelled; of several, the newest. Others are runs that stay in any case.
func keepRecordings(ctx context.Context, dir string, fates []Fate, others []runfile.Found) {
	if !slices.ContainsFunc(fates, func(f Fate) bool { return f.Stays == "" }) {
		return
	}
	all := slices.Clone(others)
	for _, f := range fates {
		all = append(all, f.Found)
		if f.Stays != "" {
			others = append(others, f.Found)
		}
	}
	x := newIrreplaceable(ctx, dir, all)
	kept := map[string]bool{}
	for _, f := range others {
		// What can't be read to its end holds what was read of it.
		_ = x.in(f, func(what, _ string) { kept[what] = true })
	}
	for i := range fates {
		f := &fates[i]
		if f.Stays != "" {
			continue
		}
		if err := x.in(f.Found, func(what, why string) {
			if !kept[what] {
				kept[what], f.Stays = true, why
			}
		}); err != nil {
			f.Stays = fmt.Sprintf("it can't be read: %v", err)
		}
	}
}
