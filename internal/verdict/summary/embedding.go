package summary

import (
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

// An Embedding is what the model of embeddings of a run was asked, apart from the replies.
type Embedding struct {
	Model    string `json:"model"`
	Endpoint string `json:"endpoint"`
	Texts    int    `json:"texts"` // that have a vector
	Replayed int    `json:"replayed"`
	Calls    int    `json:"calls"` // made for this run
	Usage    Usage  `json:"usage"`
}

// EmbeddingOf sums up what the model of embeddings of a run was asked, nil where it has none. The price is nil where it
// is unknown.
func EmbeddingOf(run *runfile.Run, price *params.Price) *Embedding {
	m := run.Header.Embedder
	if m == nil {
		return nil
	}
	b := basisOf(run, runfile.ForEmbedding)
	return &Embedding{
		Model: m.ID, Endpoint: m.Endpoint, Texts: b.Replies, Replayed: b.Replayed, Calls: b.Calls,
		Usage: usageOf(run, runfile.ForEmbedding, price),
	}
}
