package project

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/graders/reply"
	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
)

// Options are the flags that name files and a model. Where one is empty, the prompt
// file, the config or the default decides.
type Options struct {
	Config  string
	Suite   string
	Model   string
	Models  []string // several, in place of Model: each revision on each of them is a variant
	Judge   string
	BaseURL string
	EnvFile string
	Params  params.Params
	Runs    string
	Select  suite.Selection
	Draw    *runfile.Draw // how Select was drawn; nil where --case and --tag made it

	OpenSeal bool // the sealed cases are among those that run
}

// A Project is what [Load] has read and checked.
type Project struct {
	Options  Options
	Config   *config.Config
	Suite    *suite.Suite
	Reader   *reply.Reader
	Prompts  []*prompt.Prompt
	RunsDir  string
	Warnings problem.List

	getenv  func(string) string
	files   []string // that the suite and the prompts were read from, besides the prompts themselves
	vars    []string // of the suite's variables
	hasVars bool     // vars is known, also of a suite with errors
}

// Load reads the config, the suite and the prompts. All errors of all files
// come back at once, as a [problem.List]; the project holds the warnings.
func Load(ctx context.Context, o Options, prompts []string) (*Project, error) {
	p, probs := loadConfig(o)
	probs = append(probs, p.loadSuite()...)
	for i, name := range prompts {
		if slices.Contains(prompts[:i], name) {
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("%s is named twice", name), Hint: "to compare a revision with itself, use noise",
			})
			continue
		}
		loaded, list := prompt.Load(ctx, name)
		probs = append(probs, list...)
		if loaded == nil {
			continue
		}
		if loaded.Revision == "" {
			p.files = append(p.files, loaded.Parts...)
		}
		probs = append(probs, p.checkNames(loaded)...)
		if list.Err() == nil {
			probs = append(probs, p.unusedVars(loaded)...)
			p.Prompts = append(p.Prompts, loaded)
		}
	}
	p.Warnings = probs.Only(problem.Warning)
	return p, probs.Err()
}

// LoadSuite loads the suite of a project that [Settings] returned, and adds its
// warnings. It may be called once.
func (p *Project) LoadSuite() error {
	probs := p.loadSuite()
	p.Warnings = append(p.Warnings, probs.Only(problem.Warning)...)
	return probs.Err()
}

// LoadSuiteIfAny is [Project.LoadSuite] where there is a suite or something is
// selected from one: run files hold all that a comparison needs but for a suite to
// grade them again by.
func (p *Project) LoadSuiteIfAny() error {
	_, err := p.SuitePath()
	if errors.Is(err, config.ErrNoSuite) && len(p.Options.Select.Cases)+len(p.Options.Select.Tags) == 0 {
		return nil
	}
	return p.LoadSuite()
}

func (p *Project) loadSuite() problem.List {
	path, err := p.SuitePath()
	if err != nil {
		return problem.From(err)
	}
	loaded, probs := suite.Load(path)
	if p.Options.Suite == "" && p.Config.Suite != "" {
		probs = p.atConfig(path, probs)
	}
	p.files = suiteFiles(loaded)
	if loaded.Len() > 0 {
		p.vars, p.hasVars = loaded.VarNames(), true
	}
	if known := loaded.ScoreNames(); len(known) > 0 {
		gates := p.Config.CheckGates(known)
		for i := range gates {
			if own := p.Config.Suite; own != "" && filepath.Clean(cmp.Or(p.Options.Suite, own)) != filepath.Clean(own) {
				gates[i].Severity = problem.Warning // the gate is meant for the suite of the config
			}
		}
		probs = append(probs, gates...)
	}
	if probs.Err() != nil {
		return probs
	}
	p.Suite = loaded
	if p.Options.OpenSeal {
		if loaded.Sealed() == 0 {
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("--open-seal: %s seals no case", path), Hint: "leave --open-seal out",
			})
		}
		loaded.OpenSeal()
	}
	reader, err := reply.NewReader(loaded.Rules)
	if err != nil {
		return append(probs, problem.Problem{File: path, Message: err.Error()})
	}
	p.Reader = reader
	return append(probs, p.checkSelection()...)
}

// atConfig puts the problem of a suite file that can't be read where the config
// names the file.
func (p *Project) atConfig(path string, probs problem.List) problem.List {
	if len(probs) != 1 || probs[0].File != path || probs[0].Line != 0 {
		return probs
	}
	hint := cmp.Or(probs[0].Hint, "name a suite file under suite, as seen from the directory of this file")
	return problem.List{p.Config.SuiteProblem(path+": "+probs[0].Message, hint)}
}

// SuitePath is the suite file that the flags or the config name, else the one that there is.
func (p *Project) SuitePath() (string, error) {
	if path := cmp.Or(p.Options.Suite, p.Config.Suite); path != "" {
		return path, nil
	}
	return config.DefaultSuite(p.root())
}

// root is the directory of the project, as seen from the working directory.
func (p *Project) root() string { return p.Config.Root }

// checkSelection refuses ids and tags that no case has: a selection of nothing
// would pass.
func (p *Project) checkSelection() problem.List {
	var probs problem.List
	if len(p.Options.Select.Cases) > 0 {
		ids := make([]string, 0, p.Suite.Len())
		for c, err := range p.Suite.Cases() {
			if err != nil {
				return problem.From(err)
			}
			ids = append(ids, c.ID)
		}
		for _, id := range p.Options.Select.Cases {
			if p.Suite.IsSealed(id) && !p.Suite.SealIsOpen() {
				probs.Add(problem.Problem{Message: fmt.Sprintf("--case %s: this case is sealed", id), Hint: openHint})
			} else if !slices.Contains(ids, id) {
				probs.Add(problem.Problem{
					Message: fmt.Sprintf("--case %s: %s has no such case", id, p.Suite.Path), Hint: HintFor(id, ids),
				})
			}
		}
	}
	tags := p.Suite.Tags()
	for _, tag := range p.Options.Select.Tags {
		if tags[tag] == 0 {
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("--tag %s: no case of %s has it", tag, p.Suite.Path),
				Hint:    HintFor(tag, slices.Sorted(maps.Keys(tags))),
			})
		}
	}
	if len(probs) == 0 && p.Selected() == 0 {
		switch {
		case p.SelectedSealed() > 0:
			probs.Add(problem.Problem{Message: "all cases that --tag selects are sealed", Hint: openHint})
		case len(p.Options.Select.Cases) > 0 && len(p.Options.Select.Tags) > 0:
			probs.Add(problem.Problem{Message: "--case and --tag together select no case"})
		}
	}
	return probs
}

// openHint says how a sealed case is run.
const openHint = "only run --open-seal runs sealed cases, and puts it on record"

// SelectedSealed counts the sealed cases that --case and --tag select, be the seal open
// or not.
func (p *Project) SelectedSealed() (n int) {
	if p.Suite.Sealed() == 0 {
		return 0
	}
	for c, err := range p.Suite.All() {
		if err == nil && p.Suite.IsSealed(c.ID) && p.Options.Select.Has(c) {
			n++
		}
	}
	return n
}

// Selected counts the cases that --case and --tag select.
func (p *Project) Selected() int {
	if len(p.Options.Select.Cases)+len(p.Options.Select.Tags) == 0 {
		return p.Suite.Len()
	}
	n := 0
	for _, err := range p.Cases() {
		if err == nil {
			n++
		}
	}
	return n
}

// Cases yields the suite's cases that --case and --tag select.
func (p *Project) Cases() iter.Seq2[suite.Case, error] {
	return func(yield func(suite.Case, error) bool) {
		for c, err := range p.Suite.Cases() {
			if err != nil {
				err = fmt.Errorf("reading cases: %w", err)
			} else if !p.Options.Select.Has(c) {
				continue
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// Vars are the names of the variables that the suite gives to prompts.
func (p *Project) Vars() []string { return p.vars }

// checkNames holds the names that a prompt uses against those that the suite
// gives, as far as a suite with errors shows them.
func (p *Project) checkNames(loaded *prompt.Prompt) problem.List {
	if !p.hasVars {
		return nil
	}
	probs := loaded.CheckVars(p.vars)
	if p.Suite != nil {
		probs = append(probs, p.Suite.CheckCalls(loaded)...)
	}
	if p.Suite != nil && p.Suite.Conversations() > 0 {
		probs = append(probs, loaded.CheckTurns()...)
		probs = append(probs, p.Suite.CheckTools(loaded)...)
	}
	return probs
}

// unusedVars warns of variables of the suite that a prompt does not use.
func (p *Project) unusedVars(loaded *prompt.Prompt) problem.List {
	if p.Suite == nil {
		return nil
	}
	var probs problem.List
	used := loaded.Uses()
	for _, name := range p.vars {
		if !slices.Contains(used, name) {
			probs.Add(problem.Problem{
				File: loaded.Path, Severity: problem.Warning,
				Message: fmt.Sprintf("the variable %s of %s is not used", name, p.Suite.Path),
			})
		}
	}
	return probs
}

// HintFor suggests the known word that is like the given one, else lists the first
// of them.
func HintFor(word string, known []string) string {
	const most = 6
	if near := strictyaml.DidYouMean(word, known); near != "" || len(known) == 0 {
		return near
	}
	if len(known) <= most {
		return "there are " + strings.Join(known, ", ")
	}
	return fmt.Sprintf("there are %s and %d more", strings.Join(known[:most], ", "), len(known)-most)
}
