// Package page renders runs and comparisons as one HTML file that needs nothing
// else: no network, no framework, and no trust in what a model said.
//
// The upper part, from the sentence to the types, is plain HTML and SVG made by
// the template; section.go gathers what it shows. The cases are data: data.go
// packs them, and assets/page.js draws those that are looked at, so that 5,000
// cases open as quickly as fifty. Where no script may run, the first cases that
// changed stand there as a table.
//
// Inputs and replies are hostile. In the template they are text, escaped by
// html/template; to the script they are strings that it puts into text nodes,
// which the page's content security policy enforces: nothing but the very style
// and script of this package is in force, and nothing is ever loaded.
package page
