package params

// A Price is what a model's tokens cost, per million tokens, in any one currency.
type Price struct {
	Input  float64  `yaml:"input" required:"true"`
	Output float64  `yaml:"output" required:"true"`
	Batch  *float64 `yaml:"batch"` // the share of the price that a call in a batch costs, in (0,1]; nil for [BatchShare]
}

// BatchShare is the share that most providers ask for a call in a batch.
const BatchShare = 0.5

// Batched returns the price of calls in a batch.
func (p Price) Batched() Price {
	share := BatchShare
	if p.Batch != nil {
		share = *p.Batch
	}
	return Price{Input: p.Input * share, Output: p.Output * share}
}

// Of returns the cost of the given numbers of tokens.
func (p Price) Of(input, output int) float64 {
	return (float64(input)*p.Input + float64(output)*p.Output) / 1e6
}
