package importer

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/migrate/starter"
	"promptbench/internal/text/charset"
)

// Files gives what a source names. Paths are slash-separated and relative to a
// directory that nothing outside of is read from.
type Files interface {
	// Read returns a file's content. The error says why there is none without
	// naming the path.
	Read(name string) ([]byte, error)
	// Glob lists the files that a pattern fits or that are in the folder it names, sorted, see [Glob].
	Glob(pattern string) ([]string, error)
}

// Options say how a source is to be read.
type Options struct {
	// Name is that of the suite and its prompts; empty: made of the source's name.
	Name string
	// Expected is how a reply is compared with the expected text of a table or a
	// sample: Equals, Contains or StartsWith; empty: the format's own way.
	Expected string
	// Input is the column or the var that is the input; empty: chosen by its name and its values.
	Input string
	// Source is the path from the suite's directory to that of Files, for scripts
	// that stay where they are.
	Source string
	// Only carries over the assertion of this number of each case, from 1, and no other; 0: all. So one can be held
	// against its source.
	Only int
}

// What an expected text may be to its reply.
const (
	Equals     = "equals"
	Contains   = "contains"
	StartsWith = "starts-with"
)

// A Result is what became of one source.
type Result struct {
	Name    string
	Format  string         // such as "promptfoo config"
	Files   []starter.File // prompts, the suite, scripts
	Suite   string         // the path of the suite
	Prompts []string
	Models  []Model
	Judge   string // the name of the model that the source judges with, one of Models; or empty
	// Embeddings is the model that the grader similar uses; without an ID: none does.
	Embeddings Model
	Cases      int
	// Assertions are those of each case, in the order of the suite, if the source has them one by one.
	Assertions [][]Assertion
	Judged     bool         // the suite puts questions to a judge
	Code       []string     // languages whose code of the source runs as graders
	Left       problem.List // what could not be carried over, in order of place
	Notes      problem.List // what was chosen or renamed, in order of place
}

// An Assertion is one of a case.
type Assertion struct {
	Kind    string // as the source calls it
	Place   problem.Problem
	Carried bool // at least in part; Left says which part is not
}

// Import reads the source at name. The problems are those that leave no result,
// which is nil then.
func Import(files Files, name string, o Options) (*Result, problem.List) {
	data, err := files.Read(name)
	if err != nil {
		return nil, problem.List{{File: name, Message: "reading it: " + err.Error()}}
	}
	ext := strings.ToLower(path.Ext(name))
	if ext != ".csv" && ext != ".tsv" { // a table finds out its encoding itself
		if data, err = charset.Decode(data); err != nil {
			return nil, problem.List{{File: name, Message: "reading it: " + err.Error()}}
		}
	}
	d := &draft{source: name, files: files, options: o, Result: Result{Name: cmp.Or(o.Name, nameOf(name))}}
	var probs problem.List
	switch ext {
	case ".csv", ".tsv":
		probs = d.table(name, data)
	case ".jsonl", ".ndjson":
		probs = d.samples(name, data, "")
	case ".yaml", ".yml", ".json":
		probs = d.document(name, data)
	case ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py":
		probs = problem.List{{
			File: name, Message: "a config that is a program is not run",
			Hint: "write what it gives as YAML or JSON, and import that",
		}}
	default:
		probs = problem.List{{
			File: name, Message: fmt.Sprintf("no importer for %q", ext),
			Hint: "promptfoo configs and .prompt.yml files (.yaml, .yml, .json), samples (.jsonl) and tables (.csv) can be " +
				"imported",
		}}
	}
	if probs.Err() != nil {
		return nil, probs
	}
	return d.finish()
}

func (d *draft) document(name string, data []byte) problem.List {
	doc, probs := strictyaml.Parse(name, data)
	if doc == nil || probs.Err() != nil {
		return probs
	}
	root := doc.Root()
	switch {
	case root.Has("messages"):
		return d.github(root)
	case slices.ContainsFunc([]string{"prompts", "providers", "targets", "tests", "scenarios"}, root.Has):
		return d.promptfoo(root)
	case isRegistry(root):
		return d.registry(root)
	}
	return problem.List{root.Problem(
		"the file is none that can be imported",
		"a promptfoo config has prompts, a .prompt.yml file has messages, and an entry of the registry of OpenAI evals "+
			"a class with samples_jsonl")}
}

// nameOf makes a name of a path: that of the file, or of its directory where the
// file is called what they all are.
func nameOf(p string) string {
	base := path.Base(filepath.ToSlash(p))
	for ext := range strings.FieldsSeq(".prompt.yml .prompt.yaml .yaml .yml .json .jsonl .ndjson .csv .tsv") {
		if cut, ok := strings.CutSuffix(base, ext); ok {
			base = cut
			break
		}
	}
	dir := path.Base(path.Dir(filepath.ToSlash(p)))
	switch base {
	case "promptfooconfig", "samples", "config":
		if dir != "." && dir != "/" && dir != ".." {
			base = dir
		} else if base == "promptfooconfig" {
			base = "promptfoo"
		}
	default:
		base = strings.TrimSuffix(strings.TrimPrefix(base, "promptfooconfig."), "_prompt")
	}
	return slug(base, "imported")
}
