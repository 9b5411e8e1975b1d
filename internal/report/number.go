package report

import (
	"fmt"
	"strings"
	"time"
)

// minus is the sign that aligns with digits, unlike the hyphen.
const minus = "−"

// none stands where a number is undefined.
const none = "–"

func share(v *float64) string {
	if v == nil {
		return none
	}
	return decimals(*v)
}

func decimals(v float64) string {
	return strings.Replace(fmt.Sprintf("%.2f", v), "-", minus, 1)
}

func signed(v *float64) string {
	if v == nil {
		return none
	}
	switch s := decimals(*v); {
	case s == "0.00", s == minus+"0.00":
		return "0.00"
	case *v > 0:
		return "+" + s
	default:
		return s
	}
}

func between(ci *[2]float64, sign bool) string {
	if ci == nil {
		return none
	}
	if sign {
		return signed(&ci[0]) + "…" + signed(&ci[1])
	}
	return decimals(ci[0]) + "…" + decimals(ci[1])
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// verb is what so many do: one fails, two fail.
func verb(n int, plain string) string {
	switch {
	case n != 1:
		return plain
	case strings.HasSuffix(plain, "s"):
		return plain + "es"
	}
	return plain + "s"
}

func replies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return fmt.Sprintf("%d replies", n)
}

// on is [days] as the end of "recorded …".
func on(first, last time.Time) string {
	if d := days(first, last); !strings.Contains(d, " ") {
		return "on " + d
	}
	return "from " + days(first, last)
}

// days names the day, or the first and the last, on which replies were given.
func days(first, last time.Time) string {
	const day = "2006-01-02"
	if first.IsZero() {
		return "never"
	}
	a, b := first.UTC().Format(day), last.UTC().Format(day)
	if a == b {
		return a
	}
	return a + " to " + b
}
