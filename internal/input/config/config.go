// Package config loads promptbench.yaml: which suite, which models and judge,
// where runs go, and which gates a run or a comparison must pass.
//
// [Load] decodes the file strictly and reports all problems at once. The file
// never contains a key, only the name of the variable with it; a text that looks
// like a key is refused and not printed. Without a file the defaults apply.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// DefaultPath is the file that [Load] reads if none is named. It may end in .yml, too.
const DefaultPath = "promptbench.yaml"

// otherPath is read where there is no [DefaultPath].
const otherPath = "promptbench.yml"

// DefaultIn returns the config of the project at dir, there or not.
func DefaultIn(dir string) string {
	path, other := filepath.Join(dir, DefaultPath), filepath.Join(dir, otherPath)
	if _, err := os.Stat(path); err != nil {
		if _, err := os.Stat(other); err == nil {
			return other
		}
	}
	return path
}

// DefaultRuns is the directory of run files if none is configured.
const DefaultRuns = "runs"

// The numbers of a score that a [Gate] may set a minimum for.
const (
	Mean       = "mean"        // the mean of the grader's values
	LowerBound = "lower_bound" // the lower bound of the mean's 95% interval
)

// The metrics that a [MetricGate] may be on.
const (
	Tokens  = "tokens"
	Latency = "latency"
	Cost    = "cost"
)

// Metrics are the names of the metrics.
func Metrics() []string { return []string{Tokens, Latency, Cost} }

// A Config is the content of promptbench.yaml. Paths are relative to the working
// directory.
type Config struct {
	Path   string           // the file; empty for the defaults
	Root   string           // the directory of the project: of the file, if there is one
	Suite  string           // empty if none is configured, see DefaultSuite
	Model  string           // a name of Models, or empty
	Judge  string           // a name of Models, or empty
	Editor string           // a name of Models, or empty
	Embeds string           // a name of Models, or empty: what embeddings are from
	Judged Judged           // how the judge is asked, and when it may gate
	Models map[string]Model // by name
	Runs   string           // the directory of run files

	EditorPrompt string // the prompt of the editor; empty for the one in the binary

	Baselines []string // at most two run files: what one revision is compared with, and an anchor that stays

	Gates           []Gate
	RegressionGates []RegressionGate
	MetricGates     []MetricGate
	CasesGates      []CasesGate

	suite     strictyaml.Node   // the place of Suite
	gateNames []strictyaml.Node // the places of the graders that gates name
}

// SuiteProblem returns a problem at the place of the suite's name.
func (c *Config) SuiteProblem(message, hint string) problem.Problem {
	return c.suite.Problem(message, hint)
}

// DefaultBar is the least lower bound of kappa with which a judge may gate.
const DefaultBar = 0.4

// Judged configures how the judge is asked and when it may gate.
type Judged struct {
	Prompt   string  // the prompt of the judge; empty for the one in the binary
	Pairwise string  // the prompt that asks which of two replies is better; likewise
	Bar      float64 // the least lower bound of kappa with which a criterion may gate
}

// A Model is a named target.
type Model struct {
	Name       string            // its key in models
	Endpoint   string            // a label, part of every recording's key; empty for the base URL
	BaseURL    string            // as configured, or implied by the endpoint; may name variables, see [Expand]
	API        string            // of [APIs]; empty for [Chat]
	Model      string            // the model id, sent as written
	APIKeyEnv  string            // the variable with the key; empty if none is named
	APIVersion string            // Azure's api-version; else empty
	Price      *params.Price     // nil if unknown
	RPM        int               // requests per minute; 0 for no limit
	TPM        int               // tokens per minute; 0 for no limit
	Context    int               // tokens of a request and its reply together; 0 for no limit
	Headers    map[string]string // sent unchanged; their names may name variables, as those of HeadersEnv
	HeadersEnv map[string]string // header name to the variable with its value
	Params     params.Params     // overridden by prompt file and flags
	TextOnly   bool              // it takes no images and no files
	Thinking   [][2]string       // the marks around its thinking, besides the known ones
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
	ByType  bool     // nor gets worse on the cases of one expected type
}

// A MetricGate is a condition on a comparison: what a reply takes does not increase
// by more than MaxIncrease.
type MetricGate struct {
	Metric      string  // one of Metrics
	Of          string  // the number that is held to it, of the change: Mean or LowerBound
	MaxIncrease float64 // 0.1 is 10%
}

// What a [CasesGate] may be on.
const (
	NearDuplicates = "near_duplicates" // places where inputs nearly equal each other
	NearExamples   = "near_examples"   // inputs that nearly equal a text in a prompt
	EachType       = "each_type"       // the cases of each expected type, a group of paraphrases once
)

// A CasesGate is a condition on the cases of the suite, which validate and cases check hold them to.
type CasesGate struct {
	Of    string // what is counted
	Limit int    // at most so many; of [EachType], at least
}

const maxSize = 4 << 20 // bytes

// Load reads the config at path, or [DefaultPath] of the project [Here] if path is empty. Without the
// default file it returns the defaults; a missing named file is a problem. The
// config is never nil, but usable only if the problems have no error.
func Load(path string) (*Config, problem.List) {
	named := path != ""
	if !named {
		path = DefaultIn(Here())
	}
	data, err := inputfile.Read(path, maxSize)
	switch {
	case err == nil:
		c, probs := Parse(path, data)
		other := filepath.Join(filepath.Dir(path), otherPath)
		if _, err := os.Stat(other); !named && path != other && err == nil {
			probs.Add(problem.Problem{
				File: other, Severity: problem.Warning, Message: "this file is not read, since " + path + " is here, too",
				Hint: "remove one of them",
			})
		}
		return c, probs
	case !named && os.IsNotExist(err):
		c := defaults()
		c.Root = Here()
		c.Runs = filepath.Join(c.Root, DefaultRuns)
		return c, nil
	}
	hint := ""
	if os.IsNotExist(err) {
		hint = "without --config, " + DefaultPath + " is read if it exists"
	}
	return defaults(), problem.List{{Message: fmt.Sprintf("reading the config: %v", err), Hint: hint}}
}

func defaults() *Config {
	return &Config{Root: ".", Runs: DefaultRuns, Models: map[string]Model{}, Judged: Judged{Bar: DefaultBar}}
}

// ErrNoSuite reports a directory without a suite.
var ErrNoSuite = errors.New("no suite")

// A noSuite is an [ErrNoSuite] with a message of its own.
type noSuite struct{ error }

func (noSuite) Is(target error) bool { return target == ErrNoSuite }

// DefaultSuite returns the suite of a project at dir that configures none:
// cases/subtodos.yaml, else the only YAML file in cases. If there is none, the
// error is an [ErrNoSuite].
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
				"finding the suite: there is no directory %s; name a suite with --suite, or under suite in %s; "+
					"to begin a project: promptbench init",
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
	return "", fmt.Errorf("finding the suite: %s holds several (%s); name one with --suite, or under suite in %s", cases,
		strings.Join(found, ", "), DefaultPath)
}
