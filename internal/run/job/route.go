package job

import (
	"context"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// route has the calls of a run made in another way than by this process, where
// that is asked for: its replies then pass through what also writes its file.
func route(ctx context.Context, p *project.Project, job *Job, r Run, t project.Target, w *runfile.Writer, i int) error {
	revision := &job.Revisions[i]
	switch {
	case r.Batch:
		desk, err := desk(p, revision.Prompt, t, r, job, w, revision.ID)
		if err != nil {
			return err
		}
		revision.Asker.Model, revision.Asker.Recorded = desk, desk
		revision.Run = batchRun{Writer: w, desk: desk}
	case r.Queue != nil:
		l, err := openLane(ctx, p, t, r, job, w, revision.ID)
		if err != nil {
			return err
		}
		revision.Asker.Model = lane{next: revision.Asker.Model, lane: l}
		revision.Run = queueRun{Writer: w, ctx: context.WithoutCancel(ctx), lane: l, note: r.Note, written: &written{}}
	}
	return nil
}
