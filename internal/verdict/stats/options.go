package stats

// Options say how a resampling method draws. The zero value is ready to use.
type Options struct {
	// Seed fixes the random numbers: the same values and seed give the same result, in whichever order the values come.
	Seed uint64
	// Samples is how many resamples are drawn: 10,000 if it is 0 or negative, and at most 1,000,000.
	Samples int
}

const (
	defaultSamples = 10_000
	mostSamples    = 1_000_000
)

func (o Options) samples() int {
	if o.Samples <= 0 {
		return defaultSamples
	}
	return min(o.Samples, mostSamples)
}

// Streams keep the methods' random numbers apart under one seed.
const (
	signFlipStream  = 1
	bootstrapStream = 2
	splitStream     = 3
)
