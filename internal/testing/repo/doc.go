// Package repo holds no code: its tests check the repository itself.
//
// They keep what a compiler cannot: which package may import which, so that data
// flows in one direction; that only commands end the process; which names stand at
// the top level; that every dependency is accounted for in docs/dependencies.md;
// that files stay short enough to read; that workflows pin what they run.
package repo
