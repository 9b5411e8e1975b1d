// Package compare holds one run against another and says whether the head is
// better than the base, and how sure that is.
//
// The steps stand in files of their own: eligible.go decides which runs and
// cases may be compared at all, pair.go brings the two sides of every case
// together, grader.go puts the numbers of one grader to the statistics,
// verdict.go draws the conclusion, and headline.go says it in one sentence.
// The package is pure: it reads no file and calls no model, and the same two
// runs give the same comparison to the last bit.
package compare
