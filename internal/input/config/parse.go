package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"promptbench/internal/input/params"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// A file is the content of the config file.
type file struct {
	Suite  string               `yaml:"suite"`
	Model  string               `yaml:"model"`
	Judge  string               `yaml:"judge"`
	Prompt string               `yaml:"judge_prompt"`
	Pair   string               `yaml:"pairwise_prompt"`
	Bar    *float64             `yaml:"judge_bar"`
	Editor string               `yaml:"editor"`
	Edit   string               `yaml:"editor_prompt"`
	Embeds string               `yaml:"embeddings"`
	Models map[string]fileModel `yaml:"models"`
	Gates  []fileGate           `yaml:"gates"`
	Runs   string               `yaml:"runs"`

	Baseline baselines `yaml:"baseline"`
}

type fileModel struct {
	Endpoint   string            `yaml:"endpoint"`
	API        string            `yaml:"api"`
	BaseURL    string            `yaml:"base_url"`
	Model      string            `yaml:"model" required:"true"`
	APIKeyEnv  string            `yaml:"api_key_env"`
	APIVersion string            `yaml:"api_version"`
	Price      *params.Price     `yaml:"price"`
	RPM        *int              `yaml:"rpm"`
	TPM        *int              `yaml:"tpm"`
	Context    *int              `yaml:"context"`
	Headers    map[string]string `yaml:"headers"`
	HeadersEnv map[string]string `yaml:"headers_env"`
	Params     params.Params     `yaml:"params"`
	Images     *bool             `yaml:"images"`
	Thinking   [][]string        `yaml:"thinking"`
}

// Parse reads a config from the text of its file. Paths in it are relative to
// the file's directory. For an empty file the defaults apply.
func Parse(path string, data []byte) (*Config, problem.List) {
	c := defaults()
	c.Path, c.Root, c.Runs = path, filepath.Dir(path), filepath.Join(filepath.Dir(path), DefaultRuns)
	if strictyaml.Empty(data) {
		return c, nil
	}
	doc, probs := strictyaml.Parse(path, data)
	if doc == nil {
		return c, probs
	}
	secrets := findSecrets(doc.Root())
	var f file
	probs = append(probs, doc.Decode(&f)...)
	k := checker{root: doc.Root(), probs: probs}
	c.Suite, c.suite = k.relative(path, f.Suite), k.root.At("suite")
	if f.Runs != "" {
		c.Runs = k.relative(path, f.Runs)
	}
	for _, name := range f.Baseline {
		c.Baselines = append(c.Baselines, k.relative(path, name))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Models)) {
		c.Models[name] = k.model(name, f.Models[name])
	}
	c.Model, c.Judge = f.Model, f.Judge
	c.Judged.Prompt, c.Judged.Pairwise = k.relative(path, f.Prompt), k.relative(path, f.Pair)
	if f.Bar != nil {
		c.Judged.Bar = *f.Bar
		if !(c.Judged.Bar >= -1 && c.Judged.Bar < 1) {
			k.fail(k.root.At("judge_bar"), fmt.Sprintf("judge_bar is %v", c.Judged.Bar),
				"it is the least lower bound of kappa, from -1 to under 1, such as 0.4")
		}
	}
	c.Editor, c.EditorPrompt = f.Editor, k.relative(path, f.Edit)
	k.modelName("editor", f.Editor, c.Models)
	c.Embeds = f.Embeds
	k.modelName("embeddings", f.Embeds, c.Models)
	if c.Models[f.Embeds].API == Anthropic {
		k.fail(k.root.At("embeddings"), "the Anthropic API has no embeddings", "name a model at another endpoint")
	}
	k.modelName("model", f.Model, c.Models)
	k.modelName("judge", f.Judge, c.Models)
	for i, g := range f.Gates {
		k.addGate(c, k.root.At("gates", i), g)
	}
	return c, secrets.report(k.probs)
}

type checker struct {
	root  strictyaml.Node
	probs problem.List
}

func (k *checker) fail(n strictyaml.Node, message, hint string) {
	k.probs.Add(n.Problem(message, hint))
}

func (k *checker) relative(file, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
}

func (k *checker) modelName(key, name string, models map[string]Model) {
	if _, ok := models[name]; ok || name == "" {
		return
	}
	hint := "add it under models"
	if len(models) > 0 {
		hint = strictyaml.Hint(name, slices.Sorted(maps.Keys(models)))
	}
	k.fail(k.root.At(key), fmt.Sprintf("%s: no model is named %q", key, name), hint)
}

func (k *checker) model(name string, f fileModel) Model {
	at := k.root.At("models", name)
	m := Model{
		Name: name, Endpoint: f.Endpoint, Model: f.Model, APIKeyEnv: f.APIKeyEnv,
		APIVersion: f.APIVersion, Price: f.Price, Headers: f.Headers, HeadersEnv: f.HeadersEnv, Params: f.Params,
	}
	if at.Kind() != strictyaml.Mapping {
		return m // reported by decoding
	}
	if strings.TrimSpace(name) == "" || strings.ContainsAny(name, " \t\n") {
		k.fail(k.root.AtKey("models", name), fmt.Sprintf("a model cannot be named %q", name),
			"use a name without spaces, as it is typed after --model")
	}
	if n := at.Get("model"); n.Kind() > strictyaml.Null && strings.TrimSpace(f.Model) == "" {
		k.fail(n, "the model id is empty", "")
	}
	k.endpoint(at, f, &m)
	if f.APIKeyEnv != "" && !isEnvName(f.APIKeyEnv) {
		k.fail(at.At("api_key_env"), "api_key_env is not the name of an environment variable",
			"name the variable that holds the key, such as OPENAI_API_KEY; never write the key itself to a file")
	}
	k.headers(at, f)
	for i, pair := range f.Thinking {
		if len(pair) != 2 || strings.TrimSpace(pair[0]) == "" || strings.TrimSpace(pair[1]) == "" || pair[0] == pair[1] {
			k.fail(at.At("thinking", i), "a pair of marks is two different texts",
				"the text before the model's thinking and the one behind it, such as [<thought>, </thought>]")
			continue
		}
		m.Thinking = append(m.Thinking, [2]string{pair[0], pair[1]})
	}
	if f.Images == nil {
		preset, _ := PresetOf(f.Endpoint)
		m.TextOnly = preset.TextOnly
	} else {
		m.TextOnly = !*f.Images
	}
	m.RPM, m.TPM = k.limit(at, "rpm", "1 a minute", f.RPM), k.limit(at, "tpm", "1 a minute", f.TPM)
	m.Context = k.limit(at, "context", "1 token", f.Context)
	if p := f.Price; p != nil {
		for key, value := range map[string]float64{"input": p.Input, "output": p.Output} {
			if value < 0 {
				k.fail(at.At("price", key), fmt.Sprintf("a price is not negative, found %v", value),
					"per million tokens; leave price out where it is unknown")
			}
		}
		if p.Batch != nil && (*p.Batch <= 0 || *p.Batch > 1) {
			k.fail(at.At("price", "batch"), fmt.Sprintf("batch is %v", *p.Batch),
				"it is the share of the price that a call in a batch costs, such as 0.5")
		}
	}
	for _, b := range f.Params.Check() {
		k.fail(at.At(append([]any{"params"}, b.Path...)...), b.Message, b.Hint)
	}
	return m
}

func (k *checker) limit(at strictyaml.Node, key, least string, n *int) int {
	if n == nil {
		return 0
	}
	if *n < 1 {
		k.fail(at.At(key), fmt.Sprintf("%s is %d", key, *n), "it is at least "+least+"; leave it out for no limit")
	}
	return *n
}
