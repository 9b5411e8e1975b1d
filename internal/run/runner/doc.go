// Package runner runs revisions over a suite: it plans the trials, puts each to
// the model or answers it from a recording, has the reply read and graded, and
// appends everything to the run files.
//
// [Run] does all of it; its parts also work alone. An [Asker] turns a rendered
// prompt into a finished call, replayed or made; [Grading] turns a call into a
// graded trial, and does the same for stored replies without any model.
package runner
