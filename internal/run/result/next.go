package result

import (
	"context"
	"regexp"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runs"
)

// commands returns the commands that go on from a comparison. They name the revisions if these
// mean the very runs, on the model of the config or on a named one, else the run files.
func (b *Base) commands(ctx context.Context, base, head runfile.Header, headPath string) phrase.Commands {
	for _, model := range []string{"", head.Model.Name} {
		look := runs.Lookup{Runs: b.project.RunsDir, Project: b.project, Whole: true, Model: model}
		if means(ctx, look, base, nil) && means(ctx, look, head, &base) {
			var on []string
			if model != "" {
				on = []string{"--model", model}
			}
			return b.commandsOn(revisionOf(base), revisionOf(head), on)
		}
	}
	return b.commandsOn(b.path, headPath, nil)
}

// means reports whether the revision of a run means this run.
func means(ctx context.Context, look runs.Lookup, run runfile.Header, like *runfile.Header) bool {
	path, err := look.Path(ctx, revisionOf(run), like)
	if err != nil {
		return false
	}
	h, err := runfile.ReadHeader(path)
	return err == nil && h.Run == run.Run
}

func (b *Base) commandsOn(base, head string, flags []string) phrase.Commands {
	if dir := b.project.Options.Runs; dir != "" {
		flags = append(flags, "--runs", dir)
	}
	if file := b.project.Options.Config; file != "" {
		flags = append(flags, "--config", file)
	}
	return phrase.Commands{
		Compare:     shellWords(append([]string{"promptbench", "compare", base, head}, flags...)),
		SetBaseline: shellWords(append([]string{"promptbench", "baseline", "set", head}, flags...)),
	}
}

// revisionOf is how a person names the revision of a run.
func revisionOf(h runfile.Header) string {
	return strings.TrimSuffix(config.FromRecord(h.Prompt.Path), ".prompt.yml")
}

// shellWords joins words, each quoted for a shell if it has to be.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if quoted[i] = word; !plainWord.MatchString(word) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// plainWord is a word that a shell takes as it is.
var plainWord = regexp.MustCompile(`^[\pL\pN_@%+=:,./-]+$`)
