//go:build unix

// Package peak tells how much memory a process took.
package peak

import (
	"os"
	"runtime"
	"syscall"
)

// Memory is the most memory that a process held at once, in KiB.
func Memory(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	most := int64(usage.Maxrss) //nolint:unconvert // of another type on other systems
	if runtime.GOOS == "darwin" {
		most /= 1024 // in bytes there
	}
	return most
}
