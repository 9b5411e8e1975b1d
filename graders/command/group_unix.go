//go:build unix

package command

import (
	"os/exec"
	"syscall"
)

// asGroup makes a process the first of a group of its own: it can be ended with
// its children, and an interrupt at the terminal leaves it to finish its sample.
func asGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
}

// killGroup ends a process and its children. There may be none left.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// killChildren ends what a process that has ended left behind.
func killChildren(cmd *exec.Cmd) { killGroup(cmd) }
