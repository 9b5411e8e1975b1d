// Package migrate is what comes from elsewhere: it writes a project from other sources.
//
//	importer  a project from the files of another tool
//	starter   a small project to start from, which init writes
package migrate
