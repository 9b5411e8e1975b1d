// Package starter holds the small projects that promptbench init writes: two
// revisions of a prompt, a suite of a dozen cases, a config, workflows, and the
// recorded replies of a real model, so that a first verdict needs neither a key
// nor a network.
//
// [Files] gives the files of one of them, [Write] puts them into a directory, all
// or none. The projects are the directories under templates; scripts/record
// --project records one of them again.
package starter

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"promptbench/internal/input/fileschema"
	"promptbench/internal/input/strictyaml"
	"promptbench/prompts/judge"
)

// A dot begins the names of some files, which embedding leaves out without all:.
//
//go:embed all:templates
var templates embed.FS

// common is the template whose files are part of every project.
const common = "common"

// Default is the project that is written where none is named.
const Default = "subtodos"

// schemas is the directory that the schemas for editors go to. The first lines
// of the other files name it.
const schemas = ".schema"

// A File is one file of a project.
type File struct {
	Path string // relative to the project, with slashes
	Data []byte
}

// Names returns the projects there are, the default first.
func Names() []string { return []string{Default, "qa", "classification"} }

// Langs returns the languages that each project is written in.
func Langs() []string { return []string{"en", "ko"} }

// Files returns the files of a project in a language, sorted by path. The error
// says which names or languages there are.
func Files(name, lang string) ([]File, error) {
	if !slices.Contains(Names(), name) {
		return nil, unknown("project", name, Names())
	}
	if !slices.Contains(Langs(), lang) {
		return nil, unknown("language", lang, Langs())
	}
	var out []File
	for _, from := range []string{common, path.Join(name, lang)} {
		list, err := read(path.Join("templates", from))
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	for _, kind := range fileschema.Names() {
		data, err := fileschema.Generate(kind)
		if err != nil {
			return nil, err
		}
		out = append(out, File{Path: path.Join(schemas, kind+".schema.json"), Data: data})
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// Judge returns the prompt of a judge for one kind of question, as a file of a project. The error says which there are.
func Judge(name string) (judge.Template, error) {
	var names []string
	for _, t := range judge.Templates() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return judge.Template{}, unknown("judge", name, names)
}

func unknown(what, got string, known []string) error {
	return fmt.Errorf("there is no %s %q to start from; %s", what, got, strictyaml.Hint(got, known))
}

// read returns the files below a directory of the templates.
func read(dir string) ([]File, error) {
	var out []File
	err := fs.WalkDir(templates, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := templates.ReadFile(name)
		if err != nil {
			return err
		}
		out = append(out, File{Path: strings.TrimPrefix(name, dir+"/"), Data: data})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the project to start from: %w", err)
	}
	return out, nil
}
