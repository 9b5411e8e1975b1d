package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// drawable reports whether the console takes what moves its cursor, and has it do
// so. Consoles before Windows 10 can't.
func drawable(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
