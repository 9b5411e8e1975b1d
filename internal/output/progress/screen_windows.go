package progress

import (
	"os"

	"golang.org/x/sys/windows"
)

// canMoveCursor reports whether programs can move the cursor of a console, and turns that on. Consoles before Windows
// 10 do not support it.
func canMoveCursor(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
