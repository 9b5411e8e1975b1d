package command

import "syscall"

// endWithParent has the system end a process where this one is killed and can't.
// Elsewhere it is told by the end of its standard input alone, which one that
// hangs does not read.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
