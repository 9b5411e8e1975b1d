// Package compare decides whether the head, a run, is better than the base.
//
// Each step has its file: eligible.go decides which runs may be compared, pair.go
// pairs their cases, gather.go averages trials into units, grader.go tests the
// units of one grader, verdict.go decides, plan.go says what would settle an
// inconclusive verdict, slices.go compares within expected types, rows.go and
// tags.go look at cases and tags, headline.go states the result.
//
// The package is pure: it reads no file and calls no model. The same two runs give
// the same comparison to the last bit.
package compare
