// Package repo has no code: its tests check the repository itself.
//
// They check what a compiler cannot: that packages import in the direction of the data; that only commands end the
// process; that the top level has no new names; that docs/dependencies.md has every dependency; that files stay short
// enough to read; that workflows pin their actions; that prose has no phrases that are hard to understand.
package repo
