//go:build !windows

package progress

import "os"

// canMoveCursor reports whether programs can move the cursor of a terminal.
func canMoveCursor(*os.File) bool { return true }
