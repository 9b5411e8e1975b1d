//go:build !windows

package main

import "os"

// drawable reports whether the terminal takes what moves its cursor.
func drawable(*os.File) bool { return true }
