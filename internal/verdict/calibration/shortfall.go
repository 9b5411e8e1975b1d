package calibration

import (
	"fmt"
	"strings"

	"promptbench/internal/text/wording"
)

// What a criterion needs beside kappa before it may gate. With perfect agreement
// the interval of kappa has no width, however few labels there are.
const (
	LeastLabels = 20 // labelled replies with a verdict
	LeastOfEach = 5  // of them that people pass, and that they fail
)

// Shortfall says why a judge cannot gate by a criterion: too few labels, or a lower
// bound of kappa below the bar. It is empty if the judge can.
func (c Criterion) Shortfall(bar float64) string {
	pass, fail := c.TP+c.FN, c.TN+c.FP
	switch {
	case c.N < LeastLabels:
		return fmt.Sprintf("%s a verdict; %d are needed",
			wording.Count(c.N, "labelled reply")+" "+wording.Verb(c.N, "have"), LeastLabels)
	case pass < LeastOfEach || fail < LeastOfEach:
		return fmt.Sprintf("people pass %d and fail %d of its replies; %d of each are needed", pass, fail, LeastOfEach)
	case c.KappaCI == nil:
		return "its agreement beyond chance is undefined"
	case c.KappaCI[0] < bar && c.FN+c.TN == 0:
		return "the judge passes every labelled reply, good or bad, so its kappa is 0.00"
	case c.KappaCI[0] < bar && c.TP+c.FP == 0:
		return "the judge fails every labelled reply, good or bad, so its kappa is 0.00"
	case c.KappaCI[0] < bar:
		return fmt.Sprintf("kappa is %s and its lower bound %s is below the bar of %.2f",
			decimals(*c.Kappa), decimals(c.KappaCI[0]), bar)
	}
	return ""
}

// decimals prints two, with the minus sign of tables, and no sign where they are zero.
func decimals(v float64) string {
	s := fmt.Sprintf("%.2f", v)
	if s == "-0.00" {
		return "0.00"
	}
	return strings.Replace(s, "-", "−", 1)
}
