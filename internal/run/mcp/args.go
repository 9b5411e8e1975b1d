package mcp

import (
	"errors"
	"fmt"
	"slices"

	"promptbench/internal/run/project"
)

// args are the arguments of a command as they are put together. Values go behind an equals sign and names behind a
// double dash, so that none is taken for a flag. The first error is kept.
type args struct {
	s     *server
	flags []string
	names []string
	err   error
}

func (s *server) args(command string) *args {
	a := &args{s: s, flags: []string{command, "--format=json"}}
	set(a, "config", s.o.Project.Config)
	set(a, "env-file", s.o.Project.EnvFile)
	set(a, "runs", s.o.Project.Runs)
	return a
}

func (a *args) check(err error) {
	if a.err == nil {
		a.err = err
	}
}

// add adds a flag with a value.
func (a *args) add(flag string, value any) {
	a.flags = append(a.flags, fmt.Sprintf("--%s=%v", flag, value))
}

// set adds a flag unless its value is empty, 0 or false.
func set[T comparable](a *args, flag string, value T) {
	var none T
	if value != none {
		a.add(flag, value)
	}
}

// each adds a flag for every value.
func (a *args) each(flag string, values []string) {
	for _, v := range values {
		a.add(flag, v)
	}
}

// file adds a flag with the path of a file, if there is one.
func (a *args) file(flag, path string, endings []string) {
	if path == "" {
		return
	}
	name, err := a.s.inside(flag, path, endings)
	a.check(err)
	a.add(flag, name)
}

// name adds an argument that is not a flag: a prompt or a run.
func (a *args) name(what, path string, endings []string) {
	name, err := a.s.inside(what, path, endings)
	a.check(err)
	a.names = append(a.names, name)
}

// prompts adds prompts, at least one.
func (a *args) prompts(list []string) {
	if len(list) == 0 {
		a.check(errors.New("prompts is empty; name at least one, such as prompts/v3, as list shows them"))
	}
	for _, p := range list {
		a.name("prompt", p, promptFiles())
	}
}

// list returns all arguments.
func (a *args) list() ([]string, error) {
	return append(append(a.flags, "--"), a.names...), a.err
}

// model adds a model of the config. An agent names no endpoint: a key could go there.
func (a *args) model(name string) {
	if name == "" {
		return
	}
	if known := project.Suggest(a.s.o.Project).Models(); !slices.Contains(known, name) {
		a.check(fmt.Errorf("model %q is not in the config; %s", name, project.HintFor(name, known)))
	}
	a.add("model", name)
}
