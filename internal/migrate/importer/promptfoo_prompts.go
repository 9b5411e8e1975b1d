package importer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/table"
)

func (f *promptfooConfig) promptList(n strictyaml.Node) {
	switch n.Kind() {
	case strictyaml.List:
		for _, item := range n.Items() {
			f.prompt(item)
		}
	case strictyaml.Mapping: // path: label
		for _, e := range n.Entries() {
			f.named(e.Key, e.Key.Text(), e.Value.Text())
		}
	case strictyaml.Text:
		f.prompt(n)
	default:
		f.lost(n, "prompts holds %s", n.Describe())
	}
}

func (f *promptfooConfig) prompt(n strictyaml.Node) {
	if n.Kind() != strictyaml.Mapping {
		f.named(n, n.Text(), "")
		return
	}
	var own Model
	before := len(f.prompts)
	defer func() { // its own parameters are those of what was read
		for i := before; i < len(f.prompts); i++ {
			f.prompts[i].params, f.prompts[i].response, f.prompts[i].tools = own.Params, own.response, own.tools
			f.prompts[i].called = n.Get("label").Text()
		}
	}()
	f.loseOthers(n, "a prompt", "id", "raw", "label", "content", "display", "config")
	f.settings(&own, n.Get("config"))
	for _, key := range []string{"raw", "content", "id"} {
		if text := n.Get(key); text.Kind() == strictyaml.Text {
			f.named(text, text.Text(), n.Get("label").Text())
			return
		}
	}
	f.lost(n, "the prompt has neither raw nor id")
}

// promptFile is what the name of a file or a pattern looks like; pathLike what may be one if there is such a file.
var (
	promptFile = regexp.MustCompile(`(?i)^[^\s{}]+\.(txt|json|jsonl|ya?ml|md|j2|csv|c?js|mjs|[cm]?ts|py)(:[\w.]+)?$`)
	pathLike   = regexp.MustCompile(`^[^\n]*([*/]|\.[a-z0-9]{2,5})[^\n]*$`)
)

// named reads a prompt from the config, or in the file or files that
// it names.
func (f *promptfooConfig) named(n strictyaml.Node, text, label string) {
	name, isFile := strings.CutPrefix(strings.TrimSpace(text), "file://")
	scheme, _, _ := strings.Cut(text, ":")
	isFile = isFile || promptFile.MatchString(name) ||
		pathLike.MatchString(name) && !strings.Contains(name, "{{") && len(f.glob(n.File(), name)) > 0
	switch {
	case strings.TrimSpace(text) == "":
		f.lost(n, "the prompt is empty")
		return
	case slices.Contains([]string{"langfuse", "portkey", "helicone", "exec", "package"}, scheme):
		f.lost(n, "a prompt from %s: is not carried over", scheme)
		return
	case !isFile:
		f.text(text, label, placesIn(n), n.Problem("", ""), false)
		return
	}
	names := f.filesOf(n.Problem("", ""), "prompt", name)
	for _, file := range names {
		l := label
		if l != "" && len(names) > 1 {
			l += "-" + slug(strings.TrimSuffix(path.Base(file), path.Ext(file)), "")
		}
		f.promptFile(n, file, l)
	}
}

var (
	separator = regexp.MustCompile(`(?m)^[ \t]*---[ \t]*\r?(?:\n|\z)`)
	lineEnd   = regexp.MustCompile(`\n`)
)

func (f *promptfooConfig) promptFile(n strictyaml.Node, file, label string) {
	body, ok := f.readText(n.Problem("", ""), file)
	if !ok {
		return
	}
	if strings.TrimSpace(body) == "" {
		f.lost(n, "the prompt %s is empty", file)
		return
	}
	ext := path.Ext(file)
	label = cmp.Or(label, slug(strings.TrimSuffix(path.Base(file), ext), ""))
	between := separator
	switch strings.ToLower(ext) {
	case ".csv":
		f.promptTable(file, body, label)
		return
	case ".txt":
	case ".jsonl":
		between = lineEnd
	default:
		at := inText(file, body, 0)
		f.text(body, label, at, at(0, 0), true)
		return
	}
	start, parts := 0, 0
	cuts := append(between.FindAllStringIndex(body, -1), []int{len(body), len(body)})
	for _, cut := range cuts {
		part := body[start:cut[0]]
		if text := strings.TrimSpace(part); text != "" {
			parts++
			l := label
			if len(cuts) > 1 {
				l = fmt.Sprintf("%s-%d", label, parts)
			}
			at := inText(file, body, start+strings.Index(part, text))
			f.text(text, l, at, at(0, 0), true)
		}
		start = cut[1]
	}
}

// promptTable reads a table of prompts: the column prompt, with label or without; or else one prompt a line.
func (f *promptfooConfig) promptTable(file, body, label string) {
	r := table.NewReader(file, strings.NewReader(body))
	r.Lenient = true
	prompts, labels := 0, -1
	for n := 0; ; n++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			f.Left = append(f.Left, problem.From(err)...)
			return
		}
		if n == 0 && slices.Contains(rec.Cells, "prompt") {
			prompts, labels = slices.Index(rec.Cells, "prompt"), slices.Index(rec.Cells, "label")
			for i, cell := range rec.Cells {
				if i != prompts && i != labels {
					f.lostAt(rec.Places[i], "the column %s of a table of prompts is not carried over", cell)
				}
			}
			continue
		}
		if prompts < len(rec.Cells) && strings.TrimSpace(rec.Cells[prompts]) != "" {
			l := fmt.Sprintf("%s-%d", label, n)
			if labels >= 0 && labels < len(rec.Cells) {
				l = cmp.Or(rec.Cells[labels], l)
			}
			f.text(strings.TrimSpace(rec.Cells[prompts]), l, always(rec.Places[prompts]), rec.Places[prompts], true)
		}
	}
}

// quotedYAML are values in a chat in YAML that begin with an expression, which YAML would take for mappings.
var quotedYAML = regexp.MustCompile(`(?m)^(\s*(?:- )?\w+:[ \t]+)(\{\{.*\S)[ \t]*$`)

// dumped are expressions that stand for a whole JSON text, quotes included.
var dumped = regexp.MustCompile(`([:\[,]\s*)(\{\{-?[^{}]*\|\s*(?:dump|tojson)\s*-?\}\})`)

// text adds a prompt: a chat where the text is one in JSON or YAML, else one
// message of the user.
func (f *promptfooConfig) text(
	body, label string, at func(from, to int) problem.Problem, place problem.Problem, file bool,
) {
	p := promptDraft{label: label, place: place}
	f.noteUsed(body)
	written := body
	body, ok := f.withoutHistory(body, &p)
	if !ok {
		return
	}
	if body = unroll(body, f.constants(), 0); body != written {
		at = always(place)
	}
	chat := strings.TrimSpace(body)
	ext := strings.ToLower(path.Ext(place.File))
	isYAML := file && (ext == ".yaml" || ext == ".yml")
	isList := strings.HasPrefix(chat, "- role:") || strings.HasPrefix(chat, "- {role:")
	isJSON := strings.HasPrefix(chat, "[") || strings.HasPrefix(chat, "{\"") || strings.HasPrefix(chat, "{\n")
	if isJSON || isYAML || isList {
		source := chat
		if isYAML || isList {
			source = quotedYAML.ReplaceAllStringFunc(source, func(s string) string {
				m := quotedYAML.FindStringSubmatch(s)
				return m[1] + asJSON(m[2])
			})
		}
		source = dumped.ReplaceAllStringFunc(source, func(s string) string {
			m := dumped.FindStringSubmatch(s)
			inner := regexp.MustCompile(`\s*\|\s*(?:dump|tojson)`).ReplaceAllString(m[2], "")
			return m[1] + asJSON(inner)
		})
		doc, probs := strictyaml.Parse(place.File, []byte(source))
		isChat := doc != nil && probs.Err() == nil
		if isChat && (isYAML || json.Valid([]byte(source)) || doc.Root().Kind() == strictyaml.List) {
			root := doc.Root()
			if inner := root.Get("messages"); inner.Kind() == strictyaml.List {
				if system := root.Get("system"); system.Kind() == strictyaml.Text { // as Anthropic has it
					p.messages = append(p.messages, message{role: "system", text: system.Text(), at: always(place)})
				}
				for _, e := range root.Entries() {
					if key := e.Key.Text(); key != "messages" && key != "system" {
						f.lostAt(place, "%s of a chat is not carried over", key)
					}
				}
				root = inner
			}
			if root.Kind() == strictyaml.List && f.chat(&p, root, file && body == written && source == chat) {
				f.prompts = append(f.prompts, p)
				return
			}
		} else if isList {
			f.lostAt(place, "the chat is no YAML, so it is sent as the text of one message: %s", probs)
		} else if strings.Contains(body, "{%") && strings.HasPrefix(chat, "[") {
			f.lostAt(place, "the chat is put together by tags, so it is sent as the text of one message")
		}
	}
	p.messages = []message{{role: "user", text: body, at: at}}
	f.prompts = append(f.prompts, p)
}

// chat reads a list of messages, or reports that it is none.
func (f *promptfooConfig) chat(p *promptDraft, list strictyaml.Node, exact bool) bool {
	items := list.Items()
	hasNoRole := func(item strictyaml.Node) bool { return item.Get("role").Kind() != strictyaml.Text }
	if len(items) == 0 || slices.ContainsFunc(items, hasNoRole) {
		return false
	}
	for _, item := range items {
		role, content := item.Get("role").Text(), item.Get("content")
		at := placesIn(content)
		if content.Kind() == strictyaml.None {
			at = always(item.Problem("", ""))
		}
		if !exact {
			at = always(p.place)
		}
		text, ok := f.content(content, p.place, exact)
		switch {
		case !isRole(role):
			f.lostAt(at(0, 0), "a message of the role %s is not carried over", role)
			continue
		case !ok:
			f.lostAt(at(0, 0), "a message of the role %s has no text", role)
			continue
		}
		for _, e := range item.Entries() {
			if key := e.Key.Text(); key != "role" && key != "content" {
				f.lostAt(at(0, 0), "%s of a message is not carried over", key)
			}
		}
		p.messages = append(p.messages, message{role: role, text: text, at: at})
	}
	return len(p.messages) > 0
}

// content is the text of a message: as it is, or of the parts that are text.
func (f *promptfooConfig) content(n strictyaml.Node, place problem.Problem, exact bool) (string, bool) {
	switch n.Kind() {
	case strictyaml.Text, strictyaml.Int, strictyaml.Float, strictyaml.Bool:
		return n.Text(), true
	case strictyaml.Mapping:
		return asJSON(plain(n)), true
	case strictyaml.List:
		var parts []string
		for _, part := range n.Items() {
			text := part.Get("text")
			if part.Get("modality").Text() == "text" {
				text = part.Get("value")
			}
			if text.Kind() != strictyaml.Text {
				at := place
				if exact {
					at = part.Problem("", "")
				}
				f.lostAt(
					at, "a part of the type %q is not carried over: only text is sent",
					part.Get("type").Text()+part.Get("modality").Text())
				continue
			}
			parts = append(parts, text.Text())
		}
		return strings.Join(parts, "\n"), len(parts) > 0
	}
	return "", false
}
