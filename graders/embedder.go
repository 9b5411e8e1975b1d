package graders

import "context"

// Models are what graders may ask. A nil one is asked nothing.
type Models struct {
	Judge    Judge
	Embedder Embedder
}

// An Embedder turns texts into vectors, so that texts of one meaning have vectors of nearly one direction.
type Embedder interface {
	// Name identifies the model with its parameters: vectors of two models do not compare. It is stored with the grader's
	// spec.
	Name() string
	// Embed returns the vector of a text, on behalf of a sample. It is called for many samples at once.
	//
	// An error means that the model failed: the score is then unscored and broken. One that wraps [ErrStopped] ends the
	// grading instead.
	Embed(ctx context.Context, s Sample, text string) (Embedding, error)
}

// An Embedding is a vector, or why there is none.
type Embedding struct {
	Vector   []float32
	Unscored string // why there is no vector; Vector is then nil
	Broken   bool   // there is none because the model failed
}
