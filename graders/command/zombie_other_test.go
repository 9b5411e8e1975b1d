//go:build unix && !linux

package command_test

func zombie(string) bool { return false }
