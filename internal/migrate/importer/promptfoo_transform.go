package importer

import (
	"regexp"
	"strconv"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
)

// A transformed is what an assertion is about in place of the reply: an expression. The zero transformed is the text of
// the reply.
type transformed struct {
	src     string
	isValue bool // of JSON, and so perhaps no text
}

// output is what a transform calls output, as an expression.
func (t transformed) output() transformed {
	if t.src != "" {
		return t
	}
	return transformed{"text", false}
}

// A jsStart is a beginning of an expression in JavaScript, with what it comes to: $1 and so on are its groups.
type jsStart struct {
	form    *regexp.Regexp
	src     string
	isValue bool
}

// callForms are the ways to the calls of tools in what promptfoo's providers give.
func callForms() []jsStart {
	return []jsStart{
		{regexp.MustCompile(`^output\[(\d+)\](?:\.function)?\.(name|arguments)\b`), "tool_calls[$1].$2", false},
		{regexp.MustCompile(`^output\[(\d+)\]\.functionCall\.name\b`), "tool_calls[$1].name", false},
		{regexp.MustCompile(`^output\[(\d+)\]\.functionCall\.args\b`), "fromJSON(tool_calls[$1].arguments)", true},
		{regexp.MustCompile(`^output\.(name|arguments)\b`), "tool_calls[0].$1", false},
		{regexp.MustCompile(`^JSON\.parse\(output\)\.name\b`), "tool_calls[0].name", false},
		{regexp.MustCompile(`^JSON\.parse\(output\)\.input\b`), "fromJSON(tool_calls[0].arguments)", true},
	}
}

// jsSteps are the steps of an expression in JavaScript; $v is what is before, and $1 and so on are the groups.
func jsSteps() []jsStart {
	return []jsStart{
		{regexp.MustCompile(`^\??\.trim\(\)`), "trim($v)", false},
		{regexp.MustCompile(`^\??\.toLowerCase\(\)`), "lower($v)", false},
		{regexp.MustCompile(`^\??\.toUpperCase\(\)`), "upper($v)", false},
		{regexp.MustCompile(`^\??\.split\((` + jsText + `)\)\[(\d+)\]`), "split($v, $1)[$2]", false},
		{regexp.MustCompile(`^\??\.split\((` + jsText + `)\)(?:\.pop\(\)|\.at\(-1\))`), "last(split($v, $1))", false},
		{regexp.MustCompile(`^\??\.replaceAll\((` + jsText + `),\s*(` + jsText + `)\)`), "replace($v, $1, $2)", false},
		{regexp.MustCompile(`^\??\.length\b`), "len($v)", true},
		{regexp.MustCompile(`^(?:\?\.)?\[(\d+)\]`), "$v[$1]", true},
		{regexp.MustCompile(`^(?:\?\.)?\[(` + jsText + `)\]`), "$v[$1]", true},
		{regexp.MustCompile(`^(\??\.[A-Za-z_]\w*)(?:[^\w(]|$)`), "$v$1", true},
	}
}

const jsText = `'[^'\\\n]*'|"[^"\\\n]*"`

// fromJS writes an expression in JavaScript over output in ours, where it is of a plain form.
func (f *promptfooConfig) fromJS(src string, output transformed) (transformed, bool) {
	src = strings.TrimSuffix(strings.TrimSpace(src), ";")
	src = strings.TrimSpace(strings.TrimPrefix(src, "return "))
	out, rest, ok := f.jsValue(src, output.output())
	if !ok || strings.TrimSpace(rest) != "" {
		return transformed{}, false
	}
	_, err := graders.TransformExpression(out.src)
	return out, err == nil
}

func (f *promptfooConfig) jsValue(src string, output transformed) (out transformed, rest string, ok bool) {
	const parse = "JSON.parse("
	switch {
	case f.calls != "" && output.src == "text":
		for _, form := range callForms() {
			if m := form.form.FindStringSubmatchIndex(src); m != nil {
				out = transformed{string(form.form.ExpandString(nil, form.src, src, m)), form.isValue}
				return f.jsStepsOf(out, src[m[1]:])
			}
		}
		fallthrough
	default:
		if inner, isParse := strings.CutPrefix(src, parse); isParse {
			if out, rest, ok = f.jsValue(inner, output); !ok || !strings.HasPrefix(rest, ")") {
				return out, rest, false
			}
			return f.jsStepsOf(transformed{"fromJSON(" + out.src + ")", true}, rest[1:])
		}
		if rest, ok = strings.CutPrefix(src, "output"); !ok {
			return out, rest, false
		}
		next := strings.TrimLeft(rest, "?")
		reads := strings.HasPrefix(next, "[") || strings.HasPrefix(next, ".") && !jsMethod.MatchString(rest)
		if output.src == "text" && reads { // a provider has read JSON
			output = transformed{"fromJSON(text)", true}
		}
		return f.jsStepsOf(output, rest)
	}
}

var jsMethod = regexp.MustCompile(`^\??\.(?:\w+\(|length\b)`)

func (f *promptfooConfig) jsStepsOf(v transformed, src string) (out transformed, rest string, ok bool) {
next:
	for src != "" && !strings.HasPrefix(src, ")") {
		for _, step := range jsSteps() {
			m := step.form.FindStringSubmatchIndex(src)
			if m == nil {
				continue
			}
			end := m[1]
			if step.src == "$v$1" { // what is behind the name is the next step's
				end = m[3]
			}
			text := step.src
			for i := len(m)/2 - 1; i > 0; i-- {
				if m[2*i] >= 0 {
					text = strings.ReplaceAll(text, "$"+strconv.Itoa(i), src[m[2*i]:m[2*i+1]])
				}
			}
			v, src = transformed{strings.ReplaceAll(text, "$v", v.src), step.isValue}, src[end:]
			continue next
		}
		return v, src, false
	}
	return v, src, true
}

// callsAsJSON are the calls of a reply in the shapes of promptfoo's providers.
func callsAsJSON() map[string]string {
	return map[string]string{
		callsList:     `map(tool_calls, ({"type": "function", "function": {"name": #.name, "arguments": #.arguments}}))`,
		callsFunction: `{"name": tool_calls[0].name, "arguments": tool_calls[0].arguments}`,
		callsGoogle:   `map(tool_calls, ({"functionCall": {"name": #.name, "args": fromJSON(#.arguments)}}))`,
		callsContent:  `{"type": "tool_use", "name": tool_calls[0].name, "input": fromJSON(tool_calls[0].arguments)}`,
	}
}

// transformOf is what a transform of the source comes to. One that is of no plain form is listed, and the reply stays
// as it is.
func (f *promptfooConfig) transformOf(n strictyaml.Node, output transformed) (transformed, bool) {
	if n.Kind() == strictyaml.None || strings.TrimSpace(n.Text()) == "" && n.Kind() == strictyaml.Text {
		return output, true
	}
	return f.fromJS(n.Text(), output)
}

// readTransforms chooses what the suite makes of replies, and says what could not be carried over: the transform of the
// providers and then that of the tests, if these are the same everywhere. Else each test has its own.
func (f *promptfooConfig) readTransforms(tests []test) {
	of := func(t test) strictyaml.Node {
		if t.transform.Kind() != strictyaml.None {
			return t.transform
		}
		return f.defaults.transform
	}
	provider := strictyaml.Node{}
	for i, n := range f.transforms {
		if i == 0 {
			provider = n
		} else if n.Text() != provider.Text() {
			f.lost(n, "providers have different transforms, so none is carried over: "+
				"write a suite for each, with its transform under reply")
			f.lostTransforms = append(f.lostTransforms, provider)
			provider = strictyaml.Node{}
			break
		}
	}
	first, ok := f.transformOf(provider, transformed{})
	if !ok {
		f.lostTransforms = append(f.lostTransforms, provider)
		first = transformed{}
	}
	isSame := true
	for _, t := range tests {
		isSame = isSame && of(t).Text() == of(tests[0]).Text()
	}
	for i := range tests {
		n := of(tests[i])
		read, ok := f.transformOf(n, first)
		if !ok {
			if isSame {
				if i == 0 {
					f.lostTransforms = append(f.lostTransforms, n)
				}
			} else {
				tests[i].lost = append(tests[i].lost, n)
			}
			read = first
		}
		if isSame {
			f.read = read
		} else {
			tests[i].read = read
		}
	}
	if len(tests) == 0 {
		f.read = first
	}
	if f.read == (transformed{"text", false}) {
		f.read = transformed{}
	}
	if f.read.src == "" && f.calls != "" { // promptfoo's assertions see the calls as JSON
		f.read.src = "len(tool_calls) > 0 ? " + callsAsJSON()[f.calls] + " : text"
	}
}

// base is what an assertion of a case is about before its own transform: the expression of its test, or what the suite
// has made of the reply.
func (f *promptfooConfig) base(a assertion) transformed {
	if a.read.src == "" && f.read.isValue {
		return transformed{"fromJSON(text)", true}
	}
	return a.read
}
