// Package mutation asks whether a suite notices a broken prompt.
//
// [Of] makes mutants of a prompt by rules: each lacks one part, or has one thing changed. Package run asks a model with
// them; [Read] says of each what the comparison with the original shows, and what would notice those that survive. It
// is pure.
package mutation
