package graders

import (
	"encoding/json"
	"slices"
)

// BuiltIns returns the built-in graders. Each has a file of its own. What
// a case expects is shown in this order.
func BuiltIns() []BuiltIn {
	return []BuiltIn{
		caseTypeBuiltIn(),
		subtodoCountBuiltIn(),
		formatBuiltIn(),
		equalsBuiltIn(),
		containsBuiltIn(),
		notContainsBuiltIn(),
		regexBuiltIn(),
		numberBuiltIn(),
		similarBuiltIn(),
		rougeBuiltIn(),
		bleuBuiltIn(),
		editDistanceBuiltIn(),
		jsonSchemaBuiltIn(),
		lengthBuiltIn(),
		latencyBuiltIn(),
		costBuiltIn(),
		checksBuiltIn(),
		toolCallsBuiltIn(),
		noToolCallBuiltIn(),
		expressionBuiltIn(),
		rubricBuiltIn(),
	}
}

// A BuiltIn declares a built-in grader: its name, its parameters, how it is built
// and what it reads of a case. Suites, the schemas for editors and the pages about
// keys are made from this declaration alone.
type BuiltIn struct {
	Name   string
	Text   string      // what the score says, one sentence
	Expect Expectation // what it reads of [Sample.Expect]; without a Key: nothing

	// TypesAt leads from the parameters to case types that they name: keys, "[]"
	// for each item of a list, and at the end "*" for the keys of a mapping. Who
	// knows the types can check them. Empty: there are none.
	TypesAt []string

	FileAt  string // the parameter that may be the path of a JSON file instead of its contents; or empty
	IsNamed bool   // the parameter name is the name of the score, which is Name otherwise
	Priced  bool   // the score depends on the price of the model, which is no parameter
	Embeds  bool   // it asks a model for the embeddings of texts
	Counts  bool   // the score's answer is a number of what the grader counts

	short  string // the parameter that a text or a list without keys is; or empty
	params func() []param
	build  func(p params) (Grader, error)
}

// LookUp returns the declaration of the built-in grader of that name.
func LookUp(name string) (BuiltIn, bool) {
	all := BuiltIns()
	i := slices.IndexFunc(all, func(b BuiltIn) bool { return b.Name == name })
	if i < 0 {
		return BuiltIn{}, false
	}
	return all[i], true
}

// Names returns the names of the built-in graders, sorted.
func Names() []string {
	var out []string
	for _, b := range BuiltIns() {
		out = append(out, b.Name)
	}
	slices.Sort(out)
	return out
}

// New builds the built-in grader of that name, see [Spec.Builder], from its
// parameters, a JSON value in the shape that a suite writes and that [Spec]
// stores, so that suites and stored runs have one way in. Absent, null and {} all
// mean no parameters.
//
// Decoding is strict: an unknown key, a value of the wrong kind and a value out
// of range are all reported, each as a [ParamError], joined. An unknown name is
// a ParamError with an empty path. A rubric with questions needs a judge; without
// an embedder, similar is unscored.
func New(name string, raw json.RawMessage, asked Models) (Grader, error) {
	b, ok := LookUp(name)
	switch {
	case name == nameCommand:
		return nil, &ParamError{Msg: "a command is no built-in grader", Hint: "package graders/command makes it"}
	case !ok:
		known := append(Names(), nameCommand)
		slices.Sort(known)
		return nil, &ParamError{Msg: "unknown grader " + quote(name), Hint: suggest(name, known)}
	}
	d := &decoder{}
	p := b.read(d, value{raw: raw}, asked)
	turn := 0
	if b.takesAt() {
		turn = d.turnAt(p.values[keyAt])
	}
	g, err := b.build(p)
	if len(d.errs) > 0 { // what the constructor says of half-read parameters would only repeat it
		return nil, d.err()
	}
	if err != nil {
		return nil, err
	}
	if turn > 0 {
		return atTurn{g, turn, b.IsNamed}, nil
	}
	return g, nil
}

// allParams are the parameters of the grader and those that most graders have.
func (b BuiltIn) allParams() []param {
	out := b.params()
	if b.takesAt() {
		out = append(out, atParam())
	}
	return out
}

// Schema returns the JSON Schema of the parameters in all forms that [New] takes,
// with a description of the grader and of each key. The value is the caller's.
func (b BuiltIn) Schema() map[string]any {
	params := b.allParams()
	out := objectSchema(params)
	if i := slices.IndexFunc(params, func(p param) bool { return p.key == b.short }); b.short != "" {
		forms := []any{map[string]any{"type": "string"}}
		if slices.Contains(params[i].kinds, "array") {
			forms = append(forms, map[string]any{"type": "array", "items": map[string]any{"type": "string"}})
		}
		out = map[string]any{"oneOf": append(forms, out)}
	}
	out["description"] = b.Text
	return out
}

type params struct {
	*decoder
	all    value
	values map[string]value // by key; nil where any key is allowed
	asked  Models
}

func (b BuiltIn) read(d *decoder, v value, asked Models) params {
	p := params{decoder: d, all: v, asked: asked}
	declared := b.allParams()
	switch k := v.kind(); {
	case b.short != "" && (k == kindString || k == kindList):
		p.values = map[string]value{b.short: v}
	case b.IsNamed && k == kindString:
		d.add(v.path, "write it as {name: …, check: …}", "the grader %s needs a name for its score", b.Name)
	case len(declared) == 0 || declared[0].key != anyKey:
		p.values = d.object(v, keysOf(declared)...)
	}
	return p
}
