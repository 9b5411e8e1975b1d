package compare

import (
	"fmt"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// Variants is the result of several variants, a variant being a prompt revision on
// a model. The first is the base of all comparisons.
type Variants struct {
	Schema      int           `json:"schema"`
	Variants    []Variant     `json:"variants"`
	Comparisons []*Comparison `json:"comparisons"` // of each further variant with the first, in their order
}

// A Variant is one run among several, by itself.
type Variant struct {
	Name     string             `json:"name"` // by what differs among the variants: the prompt, the model or both
	Prompt   string             `json:"prompt"`
	Model    string             `json:"model"` // as the config or the user calls it
	ModelID  string             `json:"model_id"`
	Endpoint string             `json:"endpoint"`
	Run      string             `json:"run"`
	Status   runfile.Status     `json:"status"`
	Graders  map[string]Measure `json:"graders"` // by name
	Tokens   *float64           `json:"tokens_a_reply"`
	Cost     *float64           `json:"cost"`
	Latency  *float64           `json:"latency_ms"` // median
}

// A Measure is how a grader scored one variant: the mean over its units and the 95%
// interval of it, nil where nothing was scored.
type Measure struct {
	Mean *float64    `json:"mean"`
	CI   *[2]float64 `json:"ci"`
}

// NewVariants gathers comparisons with one base, at least one. It names their sides
// by what differs among all of them, and decides the verdicts again with the p of
// all their gating graders adjusted together.
func NewVariants(base *runfile.Run, heads []*runfile.Run, list []*Comparison) Variants {
	out := Variants{Schema: Schema, Comparisons: list}
	headers := []runfile.Header{base.Header}
	for _, head := range heads {
		headers = append(headers, head.Header)
	}
	names := Names(headers)
	for i, c := range list {
		c.Base.Name, c.Head.Name = names[0], names[i+1]
		if c.Sealed != nil {
			c.Sealed.Base.Name, c.Sealed.Head.Name = names[0], names[i+1]
		}
		if i == 0 {
			out.Variants = append(out.Variants, variantOf(c.Base, base))
		}
		out.Variants = append(out.Variants, variantOf(c.Head, heads[i]))
	}
	decideEach(list, true)
	return out
}

func variantOf(s Side, run *runfile.Run) Variant {
	v := Variant{
		Name: s.Name, Prompt: s.Prompt, Model: run.Header.Model.Name, ModelID: s.Model, Endpoint: s.Endpoint, Run: s.Run,
		Status: s.Status, Graders: map[string]Measure{},
		Tokens: s.Usage.TokensACase, Cost: s.Usage.Cost, Latency: s.Usage.LatencyP50,
	}
	if v.Model == "" {
		v.Model = s.Model
	}
	for _, g := range summary.Of(run, nil).Graders {
		v.Graders[g.Grader] = Measure{Mean: g.Mean, CI: g.CI}
	}
	return v
}

// Between parts the prompt and the model in a name that has both.
const Between = " · "

// Names names runs by what differs among them: by their prompts, by their models
// where those alone differ, else by both.
func Names(headers []runfile.Header) []string {
	models, prompts := modelNames(headers), map[string]bool{}
	for _, h := range headers {
		prompts[h.Prompt.Name] = true
	}
	out := make([]string, len(headers))
	for i, h := range headers {
		switch {
		case models == nil:
			out[i] = h.Prompt.Name
		case len(prompts) == 1:
			out[i] = models[i]
		default:
			out[i] = h.Prompt.Name + Between + models[i]
		}
	}
	return out
}

// modelNames names the models of runs, in the shortest way that keeps different
// ones apart; nil where all runs have the same.
func modelNames(headers []runfile.Header) []string {
	differ := false
	for _, h := range headers[1:] {
		differ = differ || isOtherModel(headers[0], h)
	}
	if !differ {
		return nil
	}
	ways := []func(runfile.Model) string{
		func(m runfile.Model) string { return m.Name },
		func(m runfile.Model) string { return m.ID },
		func(m runfile.Model) string { return fmt.Sprintf("%s (%s)", m.ID, m.Endpoint) },
		func(m runfile.Model) string { return fmt.Sprintf("%s (%s, %s)", m.Name, m.ID, m.Endpoint) },
	}
	out := make([]string, len(headers))
	for _, way := range ways {
		for i, h := range headers {
			out[i] = way(h.Model)
		}
		if keepApart(headers, out) {
			break
		}
	}
	return out
}

// keepApart reports whether no name is empty or given to two models.
func keepApart(headers []runfile.Header, names []string) bool {
	of := map[string]runfile.Header{}
	for i, h := range headers {
		if other, ok := of[names[i]]; names[i] == "" || ok && isOtherModel(other, h) {
			return false
		}
		of[names[i]] = h
	}
	return true
}

// isOtherModel reports whether two runs were on different models, or on one under
// another name of the config that sets other parameters. Only runs of one prompt
// can tell the latter, because a prompt sets parameters, too.
func isOtherModel(a, b runfile.Header) bool {
	return !a.Model.Same(b.Model) || a.Prompt.Hash == b.Prompt.Hash &&
		a.Model.Name != b.Model.Name && len(otherParams(a.Model.Params, b.Model.Params)) > 0
}
