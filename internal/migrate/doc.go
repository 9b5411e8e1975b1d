// Package migrate is what comes from elsewhere: it writes projects and cases from other sources.
//
//	importer  a project from the files of another tool
//	propose   cases from exports of what users typed, and from the failures of a run
//	starter   a small project to start from, which init writes
package migrate
