// Package terminal is how a command talks to a person: results on one stream, notes and problems on the other
// ([Console]), how far a job is ([Progress]), the saves of watch ([Blocks]), and long lists page by page.
//
// It writes what it is given and decides nothing: how far the calls are is a [State], which the run wing fills.
package terminal
