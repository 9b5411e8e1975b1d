package ci

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/strictyaml"
)

// scripts/release builds the same binaries as goreleaser.
func TestBothWaysToReleaseBuildTheSame(t *testing.T) {
	t.Parallel()
	config := load(t, ".goreleaser.yaml")
	script, err := os.ReadFile(filepath.Join(root(t), "scripts", "release"))
	require.NoError(t, err)

	builds := config.root.Get("builds").Items()
	require.Len(t, builds, 1)
	build := builds[0]
	words := func(key string) (out []string) {
		for _, n := range build.Get(key).Items() {
			out = append(out, n.Text())
		}
		require.NotEmpty(t, out, key)
		return out
	}
	var targets []string
	for _, os := range words("goos") {
		for _, arch := range words("goarch") {
			targets = append(targets, os+"/"+arch)
		}
	}
	require.Contains(t, string(script), "for target in "+strings.Join(targets, " ")+"; do\n")
	command := strings.Join(words("env"), " ") + " GOOS=$os GOARCH=$arch go build " +
		strings.Join(words("flags"), " ") + " -ldflags '" + words("ldflags")[0] + "' -o "
	require.Contains(t, string(script), command)
	require.Contains(t, string(script), build.Get("main").Text()+"\n")
}

// scripts/release empties its directory, so it must be one of its own.
func TestReleaseLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a script for bash")
	}
	script := filepath.Join(root(t), "scripts", "release")
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine")
	require.NoError(t, os.WriteFile(mine, nil, 0o600))
	for _, args := range [][]string{{dir}, {mine}, {"--snapshot"}, {dir, "more"}} {
		cmd := exec.Command(script, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.Error(t, err, args)
		require.Contains(t, string(out), "release", args)
		require.FileExists(t, mine)
	}
}

// A release takes no more than its tag, and no cache that others could write to.
func TestReleaseIsMadeOfATagAlone(t *testing.T) {
	t.Parallel()
	f := load(t, ".github/workflows/release.yml")
	on := f.root.Get("on").Entries()
	require.Len(t, on, 1)
	require.Equal(t, "push", on[0].Key.Text())
	require.Len(t, on[0].Value.Entries(), 1, "tags, and no branch")
	require.NotEmpty(t, on[0].Value.Get("tags").Items())
	f.each(func(s strictyaml.Node) {
		if strings.HasPrefix(s.Get("uses").Text(), "actions/setup-go@") {
			require.Equal(t, "false", s.Get("with").Get("cache").Text())
		}
	})
	require.Contains(
		t, f.steps()["Build and publish"].Run, "-modfile=tools/release/go.mod goreleaser release", "pinned by go.sum")
}
