// Package progress is what a command says while it works: notes and problems on one stream, results on the other
// ([Console]), how far a job is ([Progress]), the saves of watch ([Blocks]), and long lists page by page.
//
// It writes what it is given and decides nothing: how far the calls are is a [State], which the run wing fills.
package progress
