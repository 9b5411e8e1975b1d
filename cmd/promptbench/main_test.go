package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// Most tests wait for a process or a server, so more of them than there are cores
// run at once.
const testsPerCore = 4

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", strconv.Itoa(testsPerCore*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	// Started by nohup, the tests ignore a hangup, and so would the programs that they start.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	testscript.Main(m, map[string]func(){"promptbench": main})
}

// TestScripts runs the command as a person would, in a directory of its own
// per script, against a server on this machine. README.md beside the scripts
// says which commands they have.
func TestScripts(t *testing.T) {
	t.Parallel()
	project, err := filepath.Abs("testdata/project")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[stateKey{}] = &state{}
			env.Setenv("PROJECT", project)
			self, err := exec.LookPath("promptbench")
			if err != nil {
				return err
			}
			env.Setenv("BIN", filepath.Dir(self)) // a PATH of this program alone
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Geteuid() == 0, nil
			case "embednats":
				return embeddedBuiltIn, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"arrived":    cmdArrived,
			"asked":      cmdAsked,
			"down":       cmdDown,
			"exits":      cmdExits,
			"handed":     cmdHanded,
			"newrun":     cmdNewRun,
			"project":    cmdProject,
			"requests":   cmdRequests,
			"same":       cmdSame,
			"server":     cmdServer,
			"wellformed": cmdWellformed,
		},
	})
}
