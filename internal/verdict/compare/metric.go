package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// The methods of the interval of a metric's change. Both are Student's t interval
// over the units: of the residuals of the ratio of the two means, divided by the
// base mean (W. G. Cochran, Sampling Techniques, 3rd edition, 1977, chapter 6), and
// of the logarithms of the units' ratios.
const (
	RatioOfMeans Method = "t-ratio"
	LogRatio     Method = "t-log-ratio"
)

// A Metric is what a reply takes on both sides, and how far the head differs. It is
// paired by case, like scores; what is undefined is nil.
type Metric struct {
	Metric   string      `json:"metric"` // as [config.Metrics] names them
	Cases    int         `json:"cases"`  // paired, and known on both sides
	Units    int         `json:"units"`
	LeftOut  int         `json:"left_out"`  // paired cases for which it is unknown on a side
	BaseMean *float64    `json:"base_mean"` // of a reply; geometric for latency
	HeadMean *float64    `json:"head_mean"`
	Change   *float64    `json:"change"` // head through base, less 1
	CI       *[2]float64 `json:"ci"`     // 95%, of the change
	CIMethod Method      `json:"ci_method"`
	Unknown  string      `json:"unknown,omitempty"` // why there is no change
}

// A measure is how one metric is read of a call.
type measure struct {
	name string
	logs bool // compare logarithms, so that a few slow replies do not decide
	of   func(graders.Call) (value float64, whyUnknown string)
}

func measures() []measure {
	return []measure{
		{name: config.Tokens, of: func(c graders.Call) (float64, string) {
			if c.InputTokens == nil || c.OutputTokens == nil {
				return 0, "the endpoint reported no tokens"
			}
			return float64(*c.InputTokens + *c.OutputTokens), ""
		}},
		{name: config.Latency, logs: true, of: func(c graders.Call) (float64, string) {
			if c.LatencyMS == nil {
				return 0, c.NoLatency
			}
			return float64(max(1, *c.LatencyMS)), "" // it is recorded in whole milliseconds
		}},
		{name: config.Cost, of: func(c graders.Call) (float64, string) {
			if c.Cost == nil {
				return 0, c.NoCost
			}
			return *c.Cost, ""
		}},
	}
}

// A spender is one side of a comparison, as far as metrics go.
type spender struct {
	run   *runfile.Run
	price *params.Price
}

// MetricsOf returns what each side took for a case, in the order of c.Metrics. It is
// the mean over the replies, nil where it is unknown.
func (c *Comparison) MetricsOf(id string) (base, head []*float64) {
	for _, m := range measures() {
		m.logs = false
		base, head = append(base, c.pairs.base.value(m, id)), append(head, c.pairs.head.value(m, id))
	}
	return base, head
}

func (s spender) value(m measure, id string) *float64 {
	mean, whyUnknown := s.mean(m, id)
	if whyUnknown != "" {
		return nil
	}
	return &mean
}

// mean averages a metric over the replies to a case, as logarithms where the measure
// says so. A case without a known value has the reason.
func (s spender) mean(m measure, id string) (mean float64, whyUnknown string) {
	sum, n := 0.0, 0
	whyUnknown = "a case has no reply"
	for replies := range runfile.RepliesIn(s.run.CallsOf(id)) {
		if replies[len(replies)-1].Error != nil {
			continue
		}
		v, why := m.of(summary.SpentOf(replies, s.price))
		switch {
		case why != "":
			whyUnknown = why
			continue
		case m.logs:
			v = math.Log(v)
		}
		sum += v
		n++
	}
	if n == 0 {
		return 0, whyUnknown
	}
	return sum / float64(n), ""
}

func (p *pairing) metrics() []Metric {
	all := measures()
	list := make([]Metric, len(all))
	parallel(len(list), func(i int) { list[i] = p.metric(all[i]) })
	return list
}

// metric compares one metric over the pairs, a group of paraphrases as one unit.
func (p *pairing) metric(m measure) Metric {
	out := Metric{Metric: m.name}
	units := make([]sums, 0, len(p.pairs))
	groups := map[string]int{}
	for i := range p.pairs {
		id, group := p.pairs[i].c.Case, p.pairs[i].c.Group
		base, baseWhy := p.base.mean(m, id)
		head, headWhy := p.head.mean(m, id)
		if why := cmp.Or(baseWhy, headWhy); why != "" {
			out.LeftOut++
			out.Unknown = why
			continue
		}
		out.Cases++
		at, isKnown := groups[group]
		if group == "" || !isKnown {
			at = len(units)
			groups[group] = at
			units = append(units, sums{})
		}
		units[at].add(sums{cases: 1, base: tally{mean: base}, head: tally{mean: head}})
	}
	out.Units = len(units)
	if out.Units == 0 {
		return out
	}
	out.Unknown = ""
	out.compare(units, m.logs)
	return out
}

// compare sets the means, the change and its interval. There must be a unit.
func (m *Metric) compare(units []sums, logs bool) {
	base, head := make([]float64, len(units)), make([]float64, len(units))
	for i := range units {
		u := units[i].unit()
		base[i], head[i] = u.base, u.head
	}
	b, h := stats.Mean(base), stats.Mean(head)
	rest := make([]float64, len(units)) // what the interval is over
	if logs {
		for i := range rest {
			rest[i] = head[i] - base[i]
		}
		lo, hi := stats.MeanInterval(rest, level)
		m.set(math.Exp(b), math.Exp(h), math.Expm1(stats.Mean(rest)), LogRatio)
		m.CI = interval(math.Expm1(lo), math.Expm1(hi))
		return
	}
	if b == 0 {
		m.set(b, h, math.Inf(1), RatioOfMeans)
		m.Unknown = "it is 0 at the base"
		if h == 0 {
			m.Change, m.CI, m.Unknown = new(0.0), &[2]float64{}, ""
		}
		return
	}
	ratio := h / b
	for i := range rest {
		rest[i] = head[i] - ratio*base[i]
	}
	lo, hi := stats.MeanInterval(rest, level)
	m.set(b, h, ratio-1, RatioOfMeans)
	m.CI = interval(ratio-1+lo/b, ratio-1+hi/b)
}

func (m *Metric) set(base, head, change float64, method Method) {
	m.BaseMean, m.HeadMean, m.Change = summary.Number(base), summary.Number(head), summary.Number(change)
	m.CIMethod = method
}

// checkMetric holds a change to a gate. An unknown change misses no gate, and says
// why: nothing shows an increase.
func checkMetric(gate config.MetricGate, metrics []Metric) summary.GateResult {
	r := summary.GateResult{Metric: gate.Metric, Of: gate.Of, MaxIncrease: &gate.MaxIncrease}
	m := metrics[slices.IndexFunc(metrics, func(m Metric) bool { return m.Metric == gate.Metric })]
	r.CI, r.Value, r.Shortfall = m.CI, m.Change, m.Unknown
	if gate.Of == config.LowerBound && m.Change != nil {
		r.Value, r.Shortfall = nil, "one case has no interval"
		if m.CI != nil {
			r.Value, r.Shortfall = &m.CI[0], ""
		}
	}
	r.Cases, r.Applicable = m.Cases, m.Cases+m.LeftOut
	if r.Value != nil && !r.HasHalf() {
		r.Value, r.Shortfall = nil, fmt.Sprintf("it is known for %d of %s only", r.Cases, wording.Count(r.Applicable, "case"))
	}
	if r.Value == nil {
		r.Shortfall = cmp.Or(r.Shortfall, "it is out of range")
	}
	r.Pass = r.Value != nil && *r.Value <= gate.MaxIncrease+1e-12
	return r
}
