package storage

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"promptbench/graders/reply"
	"promptbench/internal/input/config"
	"promptbench/internal/input/prompt"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
)

// An irreplaceable says what a run holds that should not be lost with the last run that holds it.
type irreplaceable struct {
	bases    []string                   // what paths in headers may be relative to
	hashes   map[string]bool            // of the prompts as they are now
	labelled map[string]map[string]bool // replies that people labelled, by directory and hash
}

// newIrreplaceable reads the prompts and the labels beside the runs, in the working directory and beside the runs
// directory: a run may have been made from elsewhere.
func newIrreplaceable(ctx context.Context, dir string, runs []runfile.Found) irreplaceable {
	x := irreplaceable{bases: []string{"."}, labelled: map[string]map[string]bool{}}
	if beside := filepath.Dir(filepath.Clean(dir)); beside != "." {
		x.bases = append(x.bases, beside)
	}
	if root := config.Here(); !slices.Contains(x.bases, root) {
		x.bases = append(x.bases, root)
	}
	x.hashes = current(ctx, runs, x.paths)
	for _, f := range runs {
		dir := labelsOf(f)
		if _, seen := x.labelled[dir]; seen {
			continue
		}
		x.labelled[dir] = map[string]bool{}
		for _, path := range x.paths(dir) {
			labels, err := label.ReadDir(path)
			if err != nil {
				continue // judge calibrate says what is wrong with them
			}
			for _, l := range labels {
				x.labelled[dir][l.Text] = true
			}
		}
	}
	return x
}

// paths are where the file of a path in a header may be.
func (x irreplaceable) paths(path string) []string {
	path = filepath.FromSlash(path)
	if path == "" || filepath.IsAbs(path) {
		return []string{path}
	}
	out := make([]string, len(x.bases))
	for i, base := range x.bases {
		out[i] = filepath.Join(base, path)
	}
	return out
}

// labelsOf returns the directory of people's labels of a run's suite.
func labelsOf(f runfile.Found) string {
	return filepath.Join(filepath.Dir(filepath.FromSlash(f.Header.Suite.Path)), "labels")
}

// in calls visit for everything in a run that a later one would miss, and for why it would.
func (x irreplaceable) in(f runfile.Found, visit func(what, why string)) error {
	if f.Header.Redacted != nil {
		return nil
	}
	if x.hashes[f.Header.Prompt.Hash] || !f.Header.OfRevision() { // a later run would replay its calls
		if err := runfile.Answered(f.Path, func(key string) { visit("call "+key, staysOnly) }); err != nil {
			return err
		}
	}
	labelled := x.labelled[labelsOf(f)]
	if len(labelled) == 0 || f.Header.OfJudge() {
		return nil
	}
	reader, err := reply.NewReader(f.Header.Reply)
	if err != nil {
		return err
	}
	run, err := runfile.Load(f.Path, runfile.Replies)
	if err != nil {
		return err
	}
	format := f.Header.Prompt.ReplyFormat
	textOf := func(c *runfile.Call) string { return reader.Read(c.Reply, c.Thinking, format).Text }
	for replies := range runfile.RepliesIn(run.Calls) {
		call := &replies[len(replies)-1]
		if call.Error != nil {
			continue
		}
		c, _ := run.Case(call.Case)
		hash := (label.Reply{Input: c.Asked(replies, textOf), Text: textOf(call)}).TextHash()
		if labelled[hash] {
			visit("label "+hash, staysLabelled)
		}
	}
	return nil
}

// current are the hashes of the prompts beside those that were run, as they are in the work tree and in the newest
// commit.
func current(ctx context.Context, runs []runfile.Found, pathsOf func(string) []string) map[string]bool {
	paths := map[string]bool{}
	for _, f := range runs {
		for _, path := range pathsOf(f.Header.Prompt.Path) {
			if path == "" || paths[path] {
				continue
			}
			paths[path] = true
			if beside, err := prompt.Files(filepath.Dir(path)); err == nil {
				for _, other := range beside {
					paths[other] = true
				}
			}
		}
	}
	hashes := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, name := range []string{path, path + "@HEAD"} {
			if loaded, probs := prompt.Load(ctx, name); loaded != nil && probs.Err() == nil {
				hashes[loaded.Hash()] = true
			}
		}
	}
	return hashes
}
