package runner

import (
	"context"
	"errors"
	"sync"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/record/runfile"
)

// An Embedder asks a model for the vectors of texts, on behalf of graders. Its calls are answered from recordings like
// any other, and go to the [JudgeCalls] of the trial that they are for. The same text is asked for once in a job.
type Embedder struct {
	Asker  *Asker
	Params params.Params // of the model's entry in the config
	Model  runfile.Model // as the header of a run names it

	memo    memo
	written sync.Map // calls by run and key that are in the run's file
}

// Fatal returns the error after which no embedding is asked for, or nil. The embedder may be nil.
func (e *Embedder) Fatal() *runfile.Error {
	if e == nil {
		return nil
	}
	return e.Asker.fatalFor("the model of embeddings")
}

// Name implements [graders.Embedder].
func (e *Embedder) Name() string { return e.Model.Identity() }

// Embed implements [graders.Embedder].
func (e *Embedder) Embed(ctx context.Context, s graders.Sample, text string) (graders.Embedding, error) {
	calls, ok := ctx.Value(judgeCallsKey{}).(JudgeCalls)
	if !ok { // it scores 0, whatever its vector is
		return graders.Embedding{Unscored: "no embedding is asked for of a reply that failed as a whole"}, nil
	}
	r := model.Request{Messages: []model.Message{{Role: "user", Content: text}}, Params: e.Params, Trial: 1}
	call, err := e.memo.ask(ctx, e.Asker, Purpose{For: runfile.ForEmbedding, Case: s.Case, Trial: s.Trial}, r, calls.Run)
	if err != nil {
		if errors.Is(err, errStopped) {
			err = errors.Join(graders.ErrStopped, err)
		}
		return graders.Embedding{}, err
	}
	if err := e.record(calls, call); err != nil {
		return graders.Embedding{}, errors.Join(graders.ErrStopped, err)
	}
	if call.Error != nil {
		return graders.Embedding{Unscored: "no embedding: " + call.Error.Message, Broken: isBroken(call.Error)}, nil
	}
	vector, err := api.Vector(call.Reply)
	if err != nil {
		return graders.Embedding{Unscored: err.Error(), Broken: true}, nil //nolint:nilerr // the score tells it
	}
	return graders.Embedding{Vector: vector}, nil
}

// record writes a call once into the file of a run: many trials need the vector of one reference text. Which of them
// comes first does not matter: a call that the run itself made is not written as replayed.
func (e *Embedder) record(calls JudgeCalls, call runfile.Call) error {
	if call.ReplayedFrom == calls.Run {
		call.ReplayedFrom = ""
	}
	if call.Error == nil {
		if _, isWritten := e.written.LoadOrStore([2]string{calls.Run, call.Key}, true); isWritten {
			return nil
		}
	}
	return calls.Record(call)
}
