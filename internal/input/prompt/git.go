package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/input/strictyaml"
)

// A revision is a commit of the repository that contains a directory.
type revision struct {
	name   string // as the user named it
	commit string // its full hash
	dir    string // an existing directory inside the work tree, absolute
}

// splitRevision splits path@revision. Both may hold an @, as dirs@2/v1 and HEAD@{1} or
// feature/@types do: the first revision that git knows decides, else the first path
// that is there, else the last @.
func splitRevision(ctx context.Context, name string) (file, rev string, ok bool) {
	rest := 0
	for {
		i := strings.Index(name[rest:], "@")
		if i < 0 {
			break
		}
		at := rest + i
		rest = at + 1
		before, after := name[:at], name[at+1:]
		if strings.HasPrefix(after, "{") {
			if at > 0 && name[at-1] == '@' || strings.Contains(before, "@") {
				continue // of the revision before it, or of the @ before it
			}
			after = "@" + after // prompts/v1@{1}
		}
		if _, err := openRevision(ctx, before, after); err == nil {
			return before, after, true
		}
		if _, err := Resolve(file); file == "" || err != nil {
			file, rev, ok = before, after, true
		}
	}
	return file, rev, ok
}

// openRevision finds the repository of a file and the commit that rev names.
func openRevision(ctx context.Context, file, rev string) (revision, error) {
	r := revision{name: rev}
	if file == "" {
		return r, fmt.Errorf("no prompt before the @ of @%s; write prompts/v3@%s", rev, rev)
	}
	// Only in braces may a revision hold anything, such as main@{2 days ago}.
	plain := regexp.MustCompile(`[@^]\{[^{}\n\x00]*\}`).ReplaceAllString(rev, "")
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(plain, ": \t\n\x00") {
		return r, fmt.Errorf("%q is not a git revision; name a branch, a tag or a commit after the @ of %s", rev, file)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return r, fmt.Errorf("reading %s@%s: %w", file, rev, err)
	}
	// Git runs in the nearest directory that exists in the work tree.
	for r.dir = filepath.Dir(abs); filepath.Dir(r.dir) != r.dir; r.dir = filepath.Dir(r.dir) {
		if info, err := os.Stat(r.dir); err == nil && info.IsDir() {
			break
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		return r, fmt.Errorf("reading %s@%s: git is not installed: %w", file, rev, err)
	}
	out, err := r.git(ctx, "rev-parse", "--is-inside-work-tree")
	if err != nil || strings.TrimSpace(string(out)) != "true" {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil && !strings.Contains(err.Error(), "not a git repository") {
			return r, fmt.Errorf("reading %s@%s: %w", file, rev, err)
		}
		return r, fmt.Errorf("reading %s@%s: %s is not in a git repository", file, rev, filepath.Dir(file))
	}
	out, err = r.git(ctx, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err != nil {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		return r, fmt.Errorf("reading %s@%s: unknown git revision %q (%s)", file, rev, rev, r.unknownHint(ctx))
	}
	r.commit = strings.TrimSpace(string(out))
	return r, nil
}

// unknownHint suggests a remedy for an unknown revision.
func (r revision) unknownHint(ctx context.Context) string {
	if _, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "origin/"+r.name+"^{commit}"); err == nil {
		return "did you mean @origin/" + r.name + "?"
	}
	refs, err := r.git(ctx, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
	if err == nil {
		if near := strictyaml.Nearest(r.name, strings.Fields(string(refs))); near != "" {
			return "did you mean @" + near + "?"
		}
	}
	return "git fetch may bring it; in CI that needs the full history: fetch-depth: 0"
}

// read returns the path and the content of the prompt that file names.
func (r revision) read(ctx context.Context, file string) (found string, data []byte, err error) {
	fail := func(err error) (string, []byte, error) {
		return "", nil, fmt.Errorf("reading %s@%s: %w", file, r.name, err)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return fail(err)
	}
	rel, err := filepath.Rel(r.dir, abs)
	if err != nil {
		return fail(err)
	}
	rel = filepath.ToSlash(rel)
	for _, ext := range append([]string{""}, extensions()...) {
		data, err := r.blob(ctx, rel+ext)
		switch {
		case err == nil:
			return file + ext, data, nil
		case !errors.Is(err, fs.ErrNotExist):
			return fail(err)
		}
	}
	if ctx.Err() != nil {
		return "", nil, ctx.Err()
	}
	return "", nil, fmt.Errorf(
		"no prompt %s in git revision %s%s", file, r.name, nameHint(filepath.ToSlash(file), r.list(ctx, rel, file)),
	)
}

// blob returns the content of a file by its path from the directory of r, in whichever Unicode form git has the name.
// The error is [fs.ErrNotExist] where there is no such file.
func (r revision) blob(ctx context.Context, rel string) ([]byte, error) {
	forms := []string{rel, norm.NFC.String(rel), norm.NFD.String(rel)}
	if forms[1] == forms[2] {
		forms = forms[:1]
	}
	for _, form := range forms {
		object := r.commit + ":./" + form
		if kind, err := r.git(ctx, "cat-file", "-t", object); err != nil || strings.TrimSpace(string(kind)) != "blob" {
			continue
		}
		size, err := r.git(ctx, "cat-file", "-s", object)
		if err != nil {
			return nil, err
		}
		if n, err := strconv.Atoi(strings.TrimSpace(string(size))); err != nil || n > maxSize {
			return nil, errTooLarge
		}
		return r.git(ctx, "cat-file", "blob", object)
	}
	return nil, fs.ErrNotExist
}

// part returns the text of a file that a message names, by its path from the working directory.
func (r revision) part(ctx context.Context, file string) ([]byte, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(r.dir, abs)
	if err != nil {
		return nil, err
	}
	rel = filepath.ToSlash(rel)
	entry, err := r.git(ctx, "ls-tree", r.commit, rel)
	if err == nil && strings.HasPrefix(string(entry), "120000 ") {
		return nil, errors.New("it is a symbolic link, which is not followed in a git revision")
	}
	data, err := r.blob(ctx, rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no such file in git revision %s", r.name)
	}
	return data, err
}

// list returns the prompts beside rel in the revision, with the directory as the
// user wrote it.
func (r revision) list(ctx context.Context, rel, file string) []string {
	dir := path.Dir(rel)
	if dir == "." {
		dir = "" // git takes no ./.
	}
	out, err := r.git(ctx, "ls-tree", "--full-tree", "-z", "--name-only", r.commit+":./"+dir)
	if err != nil {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(string(out), "\x00") {
		if isPromptFile(name) {
			names = append(names, path.Join(filepath.ToSlash(filepath.Dir(file)), baseName(name)))
		}
	}
	return names
}

// git runs one git command that only reads, and returns its output.
func (r revision) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		return out, nil
	}
	if message := strings.TrimSpace(stderr.String()); message != "" {
		return nil, errors.New(message)
	}
	return nil, err
}
