package command

import (
	"os/exec"
	"strconv"
	"syscall"
)

// asGroup keeps an interrupt at the console from a process, so that it finishes
// its sample.
func asGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup ends a process and its children. There may be none left.
func killGroup(cmd *exec.Cmd) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() //nolint:noctx // it ends at once
	_ = cmd.Process.Kill()
}

// killChildren does nothing: whose children they were can't be told any more.
func killChildren(*exec.Cmd) {}
