//go:build unix

// Package peak tells how much memory a process took.
package peak

import (
	"os"
	"runtime"
	"syscall"
)

// Memory is the most memory that a process held at once, in KiB. It is 0 if the process did not
// exceed the peak of this one, its parent: on Linux a child begins with that peak as its own.
func Memory(s *os.ProcessState) int64 {
	child, ok := s.SysUsage().(*syscall.Rusage)
	var own syscall.Rusage
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil || child.Maxrss <= own.Maxrss {
		return 0
	}
	most := int64(child.Maxrss) //nolint:unconvert // of another type on other systems
	if runtime.GOOS == "darwin" {
		most /= 1024 // in bytes there
	}
	return most
}
