package stats_test

import (
	"fmt"
	"math"

	"promptbench/internal/verdict/stats"
)

// One of 60 cases newly passes and ten newly fail.
func Example() {
	p := stats.McNemar(1, 10)
	lo, hi := stats.Tango(1, 10, 60, 0.95)
	fmt.Printf("p = %.4f, difference %.2f, 95%% interval %.4f … %.4f\n", p, -9.0/60, lo, hi)

	// Two more graders were compared, and all three gate.
	adjusted := stats.Holm([]float64{p, 0.45, 1})
	fmt.Printf("after Holm p = %.4f\n", adjusted[0])
	// Output:
	// p = 0.0117, difference -0.15, 95% interval -0.2675 … -0.0511
	// after Holm p = 0.0352
}

// Values that are not 0 or 1: means over three trials, or of a rubric.
func ExampleSignFlip() {
	diffs := []float64{-1.0 / 3, -2.0 / 3, 0, -1, 1.0 / 3, -1.0 / 3, -1.0 / 3, 0, -2.0 / 3, -1.0 / 3}
	got := stats.SignFlip(diffs, stats.Options{Seed: 1})
	fmt.Printf("p = %.4f, exact %t\n", got.P, got.Exact)
	// Output:
	// p = 0.0469, exact true
}

// Three falls and one rise in 40 cases settle nothing.
func ExampleCasesToSettle() {
	rule := stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05}
	if drop := stats.DetectableDrop(40, 1.0/40, 0.8, 0.05); !math.IsNaN(drop) {
		fmt.Printf("the smallest drop 40 cases show with power 0.8: %.2f\n", drop)
	}
	fmt.Println("cases needed without any flip:", stats.CasesForMargin(rule.Margin, rule.Level))
	if n, ok := stats.CasesToSettle(3.0/40, 1.0/40, rule, 0.8); ok {
		fmt.Println("cases needed at these rates:", n)
	}
	// Output:
	// the smallest drop 40 cases show with power 0.8: 0.24
	// cases needed without any flip: 73
	// cases needed at these rates: 321
}

// How many flips in one direction it takes before chance is a poor explanation.
func ExampleMcNemar() {
	for worse := 5; worse <= 8; worse++ {
		fmt.Printf("%d newly fail, none newly pass: p = %.4f\n", worse, stats.McNemar(0, worse))
	}
	fmt.Printf("24 newly fail, 9 newly pass: p = %.3f\n", stats.McNemar(9, 24))
	// Output:
	// 5 newly fail, none newly pass: p = 0.0625
	// 6 newly fail, none newly pass: p = 0.0312
	// 7 newly fail, none newly pass: p = 0.0156
	// 8 newly fail, none newly pass: p = 0.0078
	// 24 newly fail, 9 newly pass: p = 0.014
}

// The same pass rate says little over few cases and much over many.
func ExampleWilson() {
	for _, n := range []int{10, 100, 1000} {
		lo, hi := stats.Wilson(n*8/10, n, 0.95)
		fmt.Printf("%d of %d: %.2f … %.2f\n", n*8/10, n, lo, hi)
	}
	// Output:
	// 8 of 10: 0.49 … 0.94
	// 80 of 100: 0.71 … 0.87
	// 800 of 1000: 0.77 … 0.82
}
