// Package input is what people write: files that are read before anything runs.
//
//	config      promptbench.yaml: models, prices, gates
//	prompt      prompt files and their templates
//	suite       suite files, cases and graders
//	params      parameters of a model call
//	rubric      which version of a rubric this is
//	table       CSV, as people write and export it
//	strictyaml  YAML with positions; unknown keys are errors
//	inputfile   opens the files: no pipes, no devices, nothing without an end
//	problem     errors with file, line and column
//	fileschema  JSON Schemas of these files for editors
package input
