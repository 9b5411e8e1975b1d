// Package compare holds one run against another and says whether the head is
// better than the base, and how sure that is.
//
// The steps stand in files of their own: eligible.go decides which runs may be
// compared at all, pair.go brings the two sides of every case together, gather.go
// averages them into units, grader.go puts the units of one grader to the
// statistics, verdict.go draws the conclusion, plan.go says what would settle an
// open one, rows.go and tags.go look closer, and headline.go says it in one
// sentence.
// The package is pure: it reads no file and calls no model, and the same two
// runs give the same comparison to the last bit.
package compare
