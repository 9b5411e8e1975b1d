// Package stats holds the numbers behind a verdict: tests, intervals, corrections and planning. It is pure: no I/O, no
// clock, no state. It knows nothing of cases and graders, only of counts and of differences between two runs that were
// paired unit by unit.
//
// The usual way through the package, for one grader of one comparison:
//
//  1. Where every value is 0 or 1, count the units that rose and fell.
//     [McNemar] gives the p-value and [Tango] the interval of the difference.
//  2. Otherwise take the differences, head - base. [SignFlip] gives the
//     p-value and [AugmentedInterval] the interval.
//  3. [TaroneHolm] corrects the p-values of all gating graders together.
//     [SignFlipSides] and a second [TaroneHolm] say which slices got worse.
//  4. Where nothing could be said, [DetectableDrop] tells what the suite could
//     have seen and [CasesToSettle] how many cases would answer the question;
//     for differences of any size [DropForDiffs] and [CasesForDiffs].
//
// An [Early] predicts the verdict before all units are seen, and [SplitScore] says what the best of several tries is
// worth. [Effects] tells which of several factors did it.
//
// There are also [Wilson] and [WilsonEffective] for one run, [PassAt] and [PassHat] for repeated trials,
// [ClusteredStdErr] for grouped cases, and [Kappa], [RoganGladen], [CorrectedRate], [JudgedRate] and [JudgedDifference]
// for how far a judge can be trusted.
//
// Conventions that hold throughout:
//
//   - Probabilities, rates, levels and margins are fractions in [0,1], never
//     percentages. A level of 0.95 means a two-sided 95% interval unless the
//     function says one-sided.
//   - "better" and "worse" count units whose value rose and fell.
//   - No evidence is a valid input: a p-value without any difference is 1, and
//     the interval of a rate over nothing is its whole range.
//   - What is undefined is NaN: a negative count, a level outside (0,1), the
//     mean of nothing, a NaN or an infinity among the values. The caller turns
//     NaN into "undefined" (null in JSON) before it prints anything.
//     Nothing panics.
//   - The result does not depend on the order of the values, to the last bit.
//     What is random is seeded: the same input and seed give the same bytes.
package stats
