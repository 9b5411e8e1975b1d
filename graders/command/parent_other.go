//go:build unix && !linux

package command

import "syscall"

// endWithParent can do nothing here: see the one for Linux.
func endWithParent(*syscall.SysProcAttr) {}
