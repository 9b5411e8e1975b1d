//go:build embednats

package main

const embeddedBuiltIn = true
