// Package session is the time while a job runs: interrupts stop it, a console
// shows how far it is, and each attempt at a call may be logged. The commands run,
// noise, judge calibrate and compare --pairwise share it.
package session
