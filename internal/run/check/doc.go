// Package check finds problems in a project before anything runs: [Validate]
// looks at all files at once, [Advice] warns of what is allowed and unwise.
package check
