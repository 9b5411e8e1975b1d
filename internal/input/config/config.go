// Package config loads promptbench.yaml: which suite, which models and judge,
// where runs go, and which gates a run or a comparison must pass.
//
// [Load] decodes the file strictly and checks it, all problems at once. A key
// never stands in the file, only the name of the variable that holds it;
// whatever looks like a key is refused without being printed. Without a file
// the defaults hold.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// DefaultPath is the file that is read where none is named.
const DefaultPath = "promptbench.yaml"

// DefaultRuns is the directory that run files go to where none is configured.
const DefaultRuns = "runs"

// OpenAI is the endpoint whose base URL is known.
const OpenAI = "openai"

// OpenAIBaseURL is the base URL of the endpoint [OpenAI].
const OpenAIBaseURL = "https://api.openai.com/v1"

// The numbers of a score that a [Gate] may set a minimum for.
const (
	Mean       = "mean"        // the mean of the grader's values
	LowerBound = "lower_bound" // the lower bound of the mean's 95% interval
)

// A Config is what promptbench.yaml says. Paths are relative to the working
// directory.
type Config struct {
	Path   string           // the file; empty where the defaults hold
	Suite  string           // empty where none is configured, see DefaultSuite
	Model  string           // a name of Models, or empty
	Judge  string           // a name of Models, or empty
	Judged Judged           // how the judge is asked, and when it is believed
	Models map[string]Model // by name
	Runs   string           // the directory of run files

	Gates           []Gate
	RegressionGates []RegressionGate

	suite     strictyaml.Node   // the place of Suite
	gateNames []strictyaml.Node // the places of the graders that gates name
}

// SuiteProblem is a problem of the suite's name, at the place where the config has it.
func (c *Config) SuiteProblem(message, hint string) problem.Problem {
	return c.suite.Problem(message, hint)
}

// DefaultBar is the least lower bound of kappa with which a judge may gate.
const DefaultBar = 0.4

// Judged says how rubric questions are put and what their judge has to show.
type Judged struct {
	Prompt   string  // the prompt of the judge; empty for the one in the binary
	Pairwise string  // the prompt that asks which of two replies is better; likewise
	Bar      float64 // the least lower bound of kappa with which a criterion may gate
}

// A Model is a named target.
type Model struct {
	Name       string            // its key under models
	Endpoint   string            // a label, part of every recording's key; empty: the base URL stands for it
	BaseURL    string            // as configured, or what the endpoint implies
	Model      string            // the model id, sent as written
	APIKeyEnv  string            // the variable that holds the key; empty where none is named
	APIVersion string            // Azure's api-version; else empty
	Price      *params.Price     // nil where it is unknown
	RPM        int               // requests per minute; 0 where there is no limit
	TPM        int               // tokens per minute; 0 where there is no limit
	Headers    map[string]string // sent as they are
	HeadersEnv map[string]string // header name to the variable that holds its value
	Params     params.Params     // the lowest layer; prompt file and flags go over it
}

// A Gate is a condition on one run: the grader's score is at least Min.
type Gate struct {
	Grader string  // a score's name
	Of     string  // the number that Min is the least of: Mean or LowerBound
	Min    float64 // in [0,1]
}

// A RegressionGate is a condition on a comparison: none of the graders regresses.
type RegressionGate struct {
	Graders []string
	Margin  *float64 // in (0,1]; nil for the default
}

// Load reads the config at path, or [DefaultPath] where path is empty. A missing
// default file gives the defaults, a missing named file a problem. The config
// is never nil, but usable only where the problems hold no error.
func Load(path string) (*Config, problem.List) {
	named := path != ""
	if !named {
		path = DefaultPath
	}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		return Parse(path, data)
	case !named && os.IsNotExist(err):
		return defaults(), nil
	}
	hint := ""
	if os.IsNotExist(err) {
		hint = "without --config, " + DefaultPath + " is read if it exists"
	}
	return defaults(), problem.List{{Message: fmt.Sprintf("reading the config: %v", err), Hint: hint}}
}

func defaults() *Config {
	return &Config{Runs: DefaultRuns, Models: map[string]Model{}, Judged: Judged{Bar: DefaultBar}}
}

// ErrNoSuite says that a directory holds no suite at all.
var ErrNoSuite = errors.New("no suite")

// A noSuite is [ErrNoSuite] in the words for people.
type noSuite struct{ error }

func (noSuite) Is(target error) bool { return target == ErrNoSuite }

// DefaultSuite returns the suite of a project at dir that configures none:
// cases/subtodos.yaml, else the only YAML file in cases. Where there is none at
// all the error is an [ErrNoSuite].
func DefaultSuite(dir string) (string, error) {
	cases := filepath.Join(dir, "cases")
	usual := filepath.Join(cases, "subtodos.yaml")
	if info, err := os.Stat(usual); err == nil && !info.IsDir() {
		return usual, nil
	}
	entries, err := os.ReadDir(cases)
	if err != nil {
		return "", noSuite{
			fmt.Errorf(
				"finding the suite: there is no directory %s; name a suite with --suite, or under suite in %s; to begin a project: promptbench init",
				cases, DefaultPath,
			),
		}
	}
	var found []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			found = append(found, filepath.Join(cases, e.Name()))
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", noSuite{
			fmt.Errorf(
				"finding the suite: %s holds no .yaml file; name a suite with --suite, or under suite in %s", cases, DefaultPath,
			),
		}
	}
	return "", fmt.Errorf(
		"finding the suite: %s holds several (%s); name one with --suite, or under suite in %s", cases,
		strings.Join(found, ", "), DefaultPath,
	)
}
