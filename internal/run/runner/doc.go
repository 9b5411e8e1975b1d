// Package runner runs revisions over a suite: it plans the trials, puts each to
// the model or answers it from a recording, has the reply read and graded, and
// appends everything to the run files.
//
// [Run] is the whole of it; its parts stand alone. An [Asker] turns a rendered
// prompt into a finished call, replayed or made; [Grading] turns a call into a
// graded trial, and does the same for stored replies without any model.
package runner
