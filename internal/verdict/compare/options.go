package compare

import (
	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/labelled"
	"promptbench/internal/verdict/summary"
)

// Defaults of [Options].
const (
	DefaultMargin  = 0.05
	DefaultOverlap = 0.8
	alpha          = 0.05
	level          = 0.95
	power          = 0.8 // of what a suite is said to be able to show
)

// Options are what the suite and the config say about a comparison. The zero
// value holds both sides to the design's defaults.
type Options struct {
	Margin       float64             // how far a mean may drop and still be no worse; 0 means [DefaultMargin]
	Margins      map[string]float64  // by grader, over Margin
	Gating       []string            // graders that the verdict rests on; empty: all but the criteria of a rubric
	GatingByType []string            // graders that must not get worse on any expected type
	Variants     bool                // both are named as variants, so they may differ in the model
	AllowModel   bool                // compare runs of different models or endpoints
	AllowJudge   bool                // compare runs that were judged differently, by what was not judged
	Noise        bool                // both are runs of one prompt, to see how far it differs from itself
	Drift        bool                // both may be runs of one prompt, made at different times
	Seed         uint64              // of resampling
	Samples      int                 // of resampling; 0 leaves it to package stats
	Gates        []config.Gate       // absolute gates that the head is held to
	MetricGates  []config.MetricGate // on the change of a metric
	BasePrice    *params.Price
	HeadPrice    *params.Price
	JudgePrice   *params.Price
	Reliability  summary.JudgeReliabilities // of the judge of both runs; graders it cannot gate are no part of the verdict
	BaseLabels   *labelled.Run              // of the base's replies; may be nil
	HeadLabels   *labelled.Run              // of the head's replies; may be nil
	Exploratory  bool                       // the cases were chosen after a run of all of them
	Anchored     bool                       // the head is held against an anchor, too, which needs all cases
	Notices      bool                       // only whether the head is worse matters, see [Stopping]
	Notes        []string                   // what the caller did before, such as grading again; stands first in the notes
}

func (o Options) margin(grader string) float64 {
	if m, ok := o.Margins[grader]; ok {
		return m
	}
	if o.Margin > 0 {
		return o.Margin
	}
	return DefaultMargin
}

// NeedsAll says what needs all cases of a suite beside the verdict, so that only a regression may
// stop a run early; empty where none does.
func (o Options) NeedsAll() string {
	switch {
	case o.Notices:
	case len(o.GatingByType) > 0:
		return "a gate by type needs all cases"
	case len(o.Gates) > 0:
		return "a gate on " + o.Gates[0].Grader + " needs all cases"
	case len(o.MetricGates) > 0:
		return "a gate on " + o.MetricGates[0].Metric + " needs all cases"
	case o.Anchored:
		return "the comparison with the anchor needs all cases"
	}
	return ""
}

// mayBeVariants reports whether two runs of one prompt may be compared because their
// models differ.
func (o Options) mayBeVariants(b, h runfile.Header) bool {
	return (o.Variants || o.AllowModel) && isOtherModel(b, h)
}
