package graders

import (
	"encoding/json"
	"maps"
	"slices"
)

// Names returns the names of the built-in graders, sorted.
func Names() []string {
	return slices.Sorted(maps.Keys(builders()))
}

// New builds the built-in grader of that name, see [Spec.Builder], from its
// parameters, a JSON value in the shape that a suite writes and that [Spec]
// stores, so that suites and stored runs have one way in. Absent, null and {} all
// mean no parameters.
//
// Decoding is strict: an unknown key, a value of the wrong kind and a value out
// of range are all reported, each as a [ParamError], joined. An unknown name is
// a ParamError with an empty path. The judge is needed only for a rubric with
// questions and may be nil otherwise.
func New(name string, params json.RawMessage, judge Judge) (Grader, error) {
	build, ok := builders()[name]
	switch {
	case name == nameCommand:
		return nil, &ParamError{Msg: "a command is no built-in grader", Hint: "package graders/command makes it"}
	case !ok:
		return nil, &ParamError{Msg: "unknown grader " + quote(name), Hint: suggest(name, slices.Sorted(slices.Values(append(Names(), nameCommand))))}
	}
	d := &decoder{}
	g, err := build(d, value{raw: params}, judge)
	if len(d.errs) > 0 { // what the constructor says of half-read parameters would only repeat it
		return nil, d.err()
	}
	if err != nil {
		return nil, err
	}
	return g, nil
}

type builder func(d *decoder, v value, judge Judge) (Grader, error)

func builders() map[string]builder {
	return map[string]builder{
		nameCaseType: func(d *decoder, v value, _ Judge) (Grader, error) {
			d.object(v)
			return CaseType(), nil
		},
		nameFormat: func(d *decoder, v value, _ Judge) (Grader, error) {
			d.object(v)
			return Format(), nil
		},
		nameSubtodoCount: func(d *decoder, v value, _ Judge) (Grader, error) {
			byType := map[string]Range{}
			for _, f := range d.entries(v) {
				byType[f.key] = d.bounds(f.value)
			}
			return SubtodoCount(byType)
		},
		nameContains: func(d *decoder, v value, _ Judge) (Grader, error) {
			values, o := d.texts(v, "any", "ignore_case")
			return Contains(values, o)
		},
		nameNotContains: func(d *decoder, v value, _ Judge) (Grader, error) {
			values, o := d.texts(v, "any", "ignore_case")
			return NotContains(values, o)
		},
		nameEquals: func(d *decoder, v value, _ Judge) (Grader, error) {
			values, o := d.texts(v, "ignore_case")
			return Equals(values, o)
		},
		nameRegex: func(d *decoder, v value, _ Judge) (Grader, error) {
			if v.kind() == kindString {
				return Regex(d.text(v))
			}
			return Regex(d.text(d.object(v, "pattern")["pattern"]))
		},
		nameJSONSchema: func(d *decoder, v value, _ Judge) (Grader, error) {
			return JSONSchema(d.object(v, "schema")["schema"].raw)
		},
		nameChecks: func(d *decoder, v value, _ Judge) (Grader, error) {
			if k := v.kind(); k == kindString || k == kindList {
				return Checks(d.strings(v))
			}
			return Checks(d.strings(d.object(v, "values")["values"]))
		},
		nameLength: func(d *decoder, v value, _ Judge) (Grader, error) {
			m := d.object(v, "min", "max", "unit")
			return Length(Range{Min: d.count(m["min"]), Max: d.count(m["max"])}, Unit(d.text(m["unit"])))
		},
		nameExpression: func(d *decoder, v value, _ Judge) (Grader, error) {
			if v.kind() == kindString {
				d.add(v.path, "write it as {name: …, check: …}", "an expression needs a name, which its score has")
				return nil, nil
			}
			m := d.object(v, "name", "check", "applies_to")
			return Expression(d.text(m["name"]), d.text(m["check"]), d.strings(m["applies_to"]))
		},
		nameRubric: func(d *decoder, v value, judge Judge) (Grader, error) {
			return Rubric(d.criteria(v), judge)
		},
	}
}
