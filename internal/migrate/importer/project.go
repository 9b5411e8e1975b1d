package importer

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/migrate/starter"
)

// A Plan is what an import of some sources would write.
type Plan struct {
	Results []*Result
	Files   []starter.File // of all results, and the config where there is none yet
	Config  []byte         // entries for the config that there is already; nil where Files holds one
	Exists  []string       // those of Files that are there already
}

// Prepare reads sources into a plan for the project at dir. Files that a source
// names are read from the directory root and below; where that is empty, from
// the working directory if the source is in it, else from the source's repository,
// else from its own directory. Nothing is written.
func Prepare(sources []string, dir, root string, o Options) (*Plan, error) {
	plan := &Plan{}
	var probs problem.List
	taken := names{}
	for _, source := range sources {
		r, list := one(source, dir, root, o, taken)
		if r == nil {
			probs = append(probs, list...)
			continue
		}
		taken.unique(r.Name)
		plan.Results = append(plan.Results, r)
		plan.Files = append(plan.Files, r.Files...)
	}
	if len(probs) > 0 {
		return nil, probs
	}
	entries, err := configOf(plan.Results)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(config.DefaultIn(dir)); err == nil {
		plan.Config = entries
	} else {
		plan.Files = append(plan.Files, starter.File{Path: config.DefaultPath, Data: entries})
	}
	for _, f := range plan.Files {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(f.Path))); err == nil {
			plan.Exists = append(plan.Exists, f.Path)
		}
	}
	return plan, nil
}

// one reads one source, under a name that is not taken yet.
func one(source, dir, root string, o Options, taken names) (*Result, problem.List) {
	if root == "" {
		root = rootOf(source)
	}
	absolute, err := filepath.Abs(source)
	if err != nil {
		return nil, problem.From(err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		return nil, problem.From(err)
	}
	inside, err := filepath.Rel(top, absolute)
	if err != nil || !filepath.IsLocal(inside) {
		return nil, problem.List{{
			File: source, Message: fmt.Sprintf("it lies outside of %s", root),
			Hint: "name a directory with --root that holds it and all that it names",
		}}
	}
	disk, err := OpenDisk(top)
	if err != nil {
		return nil, problem.From(err)
	}
	defer func() { _ = disk.Close() }() // only read
	if cases, err := filepath.Abs(filepath.Join(dir, casesDir)); err == nil {
		if back, err := filepath.Rel(cases, top); err == nil {
			o.Source = filepath.ToSlash(back)
		}
	}
	name := filepath.ToSlash(inside)
	if o.Name == "" {
		o.Name = nameOf(filepath.ToSlash(absolute))
	}
	o.Name = maps.Clone(taken).unique(slug(o.Name, "imported"))
	r, probs := Import(disk, name, o)
	toRoot := strings.TrimSuffix(filepath.Clean(source), filepath.FromSlash(inside)) // as the user writes it
	lists := []problem.List{probs}
	if r != nil {
		lists = append(lists, r.Left, r.Notes)
	}
	for _, list := range lists {
		for i := range list {
			if list[i].File != "" {
				list[i].File = toRoot + filepath.FromSlash(list[i].File)
			}
		}
	}
	return r, probs
}

func rootOf(source string) string {
	if filepath.IsLocal(source) {
		return "."
	}
	dir := filepath.Dir(source)
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if here, err := os.Getwd(); err == nil {
		if inside, err := filepath.Rel(here, absolute); err == nil && filepath.IsLocal(inside) {
			return here
		}
	}
	for up := absolute; up != filepath.Dir(up); up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, ".git")); err == nil {
			return up
		}
	}
	return dir
}

// configOf writes a promptbench.yaml for the suites and models of all results.
func configOf(results []*Result) ([]byte, error) {
	var models object
	byName, used := map[string]Model{}, names{}
	first, judge, embeddings := "", "", ""
	for _, r := range results {
		all := r.Models
		if r.Embeddings.ID != "" {
			all = append(slices.Clone(all), r.Embeddings)
		}
		for i, m := range all {
			other, taken := byName[m.Name]
			isKnown := taken && other.ID == m.ID && other.Endpoint == m.Endpoint && other.BaseURL == m.BaseURL
			if !isKnown {
				m.Name = used.unique(m.Name)
			}
			if i == len(r.Models) {
				embeddings = cmp.Or(embeddings, m.Name)
			}
			if isKnown {
				continue
			}
			byName[m.Name] = m
			if i < len(r.Models) && first == "" && (m.Name != r.Judge || len(r.Models) == 1) {
				first = m.Name
			}
			models = append(models, strictyaml.Field{Key: m.Name, Value: m.entry()})
		}
		judge = cmp.Or(judge, r.Judge)
	}
	return strictyaml.Write(filled("suite", results[0].Suite, "model", first, "judge", judge, "embeddings", embeddings,
		"models", models))
}

func (m Model) entry() object {
	endpoint, api, keyEnv := m.Endpoint, m.API, m.APIKeyEnv
	preset, known := config.PresetOf(endpoint)
	if m.BaseURL != "" && endpoint != config.Azure { // an address that is not the endpoint's
		endpoint = ""
	}
	if endpoint != "" && preset.KeyEnv == keyEnv {
		keyEnv = ""
	}
	if known && endpoint != "" && preset.API == api || api == config.Chat {
		api = ""
	}
	return filled(
		"endpoint", endpoint, "api", api, "base_url", m.BaseURL, "model", m.ID, "api_key_env", keyEnv,
		"api_version", m.APIVersion, "headers", varsObject(m.Headers), "params", m.Params)
}

// Write creates the files of a plan. It changes no file that exists, and writes
// nothing where one does.
func (p *Plan) Write(dir string) error {
	if len(p.Exists) > 0 {
		return fmt.Errorf(
			"nothing is written, since there is already %s; name another directory with -o, or another name with --name",
			strings.Join(p.Exists, ", "))
	}
	return starter.Write(dir, p.Files)
}
