// Package blame says which part of a prompt's change did it.
//
// [Diff] cuts the difference of two prompts into hunks that a person would name, and [Parts] does so with one prompt.
// Any subset of the hunks makes a valid prompt, [Change.Variant]: a [Mask] says which hunks it has. Package run asks a
// model with variants; it is pure here.
package blame
