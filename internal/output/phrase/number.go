package phrase

import (
	"fmt"
	"strings"
	"time"

	"promptbench/internal/verdict/plan"
)

// Minus is the sign that aligns with digits, unlike the hyphen.
const Minus = "−"

// None is printed in place of an undefined number.
const None = "–"

// Share is a value in [0,1], or a mean of such, to two places.
func Share(v *float64) string {
	if v == nil {
		return None
	}
	return Decimals(*v)
}

// Decimals is a number to two places, without a sign where they are zero.
func Decimals(v float64) string {
	if s := fmt.Sprintf("%.2f", v); s != "-0.00" {
		return strings.Replace(s, "-", Minus, 1)
	}
	return "0.00"
}

// Signed is a difference to two places with its sign, 0.00 without one.
func Signed(v *float64) string {
	if v == nil {
		return None
	}
	switch s := Decimals(*v); {
	case s == "0.00":
		return s
	case *v > 0:
		return "+" + s
	default:
		return s
	}
}

// Between is an interval, its bounds with their signs if sign is set.
func Between(ci *[2]float64, sign bool) string {
	if ci == nil {
		return None
	}
	if sign {
		return Signed(&ci[0]) + "…" + Signed(&ci[1])
	}
	return Decimals(ci[0]) + "…" + Decimals(ci[1])
}

// Minute prints a moment to the minute, in UTC.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// On is [Days] as the end of "recorded …".
func On(first, last time.Time) string {
	if d := Days(first, last); !strings.Contains(d, " ") {
		return "on " + d
	}
	return "from " + Days(first, last)
}

// Days names the day, or the first and the last, on which replies were given.
func Days(first, last time.Time) string {
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

// Bytes is a size in the units of disks, where 1 kB is 1000 bytes.
func Bytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/1000, "kB"
	for _, larger := range []string{"MB", "GB", "TB"} {
		if size < 999.5 {
			break
		}
		size, unit = size/1000, larger
	}
	if size < 9.95 {
		return fmt.Sprintf("%.1f %s", size, unit)
	}
	return fmt.Sprintf("%.0f %s", size, unit)
}

// Spread is a range of tokens or of a cost, its ends in a format; unknown where there is none.
func Spread(r *plan.Range, format string) string {
	switch {
	case r == nil:
		return "unknown"
	case r.Low == r.High:
		return fmt.Sprintf(format, r.Low)
	}
	return fmt.Sprintf(format+" … "+format, r.Low, r.High)
}
