//go:build !embednats

package main

const embeddedBuiltIn = false
