package prompt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/config"
	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/text/charset"
)

// A partReader returns the content of a file that a message names, by its path from the working directory.
type partReader func(path string) ([]byte, error)

// A source is where the text of a message stands: a node of the prompt's file, or a file of its own.
type source interface {
	Problem(message, hint string) problem.Problem
	PosIn(from, to int) (line, column int)
}

// A part is the text of a message that stands in a file of its own.
type part struct{ path, text string }

// Problem returns a problem of the part.
func (p part) Problem(message, hint string) problem.Problem {
	return problem.Problem{File: p.path, Line: 1, Column: 1, Message: message, Hint: hint}
}

// PosIn returns the place of the text from byte from on, in lines and characters from 1.
func (p part) PosIn(from, _ int) (line, column int) {
	before := p.text[:from]
	last := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[last:])
}

// content checks where the text of a message stands, and sets it where that is a file.
func (c *checker) content(n strictyaml.Node, m *fileMessage) source {
	content, isEmpty := n.Get("content"), strings.TrimSpace(m.Content) == ""
	switch {
	case n.Has("file") && n.Has("content"):
		c.fail(n.AtKey("file"), "a message has content or a file, not both", "remove one of them")
	case n.Has("file"):
		return c.part(n.Get("file"), m)
	case n.Kind() != strictyaml.Mapping: // a problem already
	case content.Kind() == strictyaml.None || content.Kind() == strictyaml.Null:
		c.fail(n, "the message has no text", "write it as content, or name a .txt or .md file: file: parts/system.md")
	case content.Kind() == strictyaml.Text && isEmpty:
		c.fail(content, "the message is empty", "")
	case isFileURL(m.Content):
		name := strings.TrimPrefix(strings.TrimSpace(m.Content), "file://")
		c.fail(content, "a file:// in content is not read", "write file: "+name+" in place of content")
	}
	return content
}

// isFileURL reports whether a text is nothing but the file:// of another tool.
func isFileURL(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "file://") && !strings.ContainsAny(text, " \t\n")
}

// part reads the text of a message from the file that n names.
func (c *checker) part(n strictyaml.Node, m *fileMessage) source {
	c.lost = true // unless it is read
	if n.Kind() != strictyaml.Text {
		if n.Kind() == strictyaml.Null {
			c.fail(n, "file names no file", "such as file: parts/system.md")
		}
		return n
	}
	if message, hint := badPart(m.File); message != "" {
		c.fail(n, message, hint)
		return n
	}
	path := filepath.Join(filepath.Dir(c.p.Path), filepath.FromSlash(m.File))
	if c.read == nil {
		c.fail(n, "the file of a message is not read here", "write its text as content")
		return n
	}
	if !slices.Contains(c.p.Parts, path) {
		c.p.Parts = append(c.p.Parts, path)
	}
	data, err := c.read(path)
	if err == nil {
		data, err = charset.Decode(data)
	}
	c.size += len(data)
	if err == nil && c.size > maxSize {
		err = errTooMuch
	}
	if err != nil {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) {
			hint = "the path is relative to this file"
		}
		c.fail(n, fmt.Sprintf("reading %s: %v", m.File, cause(err)), hint)
		return n
	}
	c.lost = false
	// Git may give a file other line ends on another system, and these are no other prompt.
	m.Content = string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
	p := part{path, m.Content}
	if strings.TrimSpace(m.Content) == "" {
		c.probs.Add(p.Problem("the message is empty", ""))
	}
	return p
}

var errTooMuch = fmt.Errorf("the files of the messages are together larger than %d MiB", maxSize>>20)

// badPart says what is wrong with the name of a message's file, whatever is there.
func badPart(name string) (message, hint string) {
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case strings.HasPrefix(name, "file://"):
		return "file takes a path, not a file://", "write file: " + strings.TrimPrefix(name, "file://")
	case ext != ".txt" && ext != ".md":
		return fmt.Sprintf("file takes a .txt or .md file, found %q", name), "such as file: parts/system.md"
	case strings.HasPrefix(name, "/") || filepath.IsAbs(name) || filepath.VolumeName(name) != "":
		return "file takes a path relative to this file, found " + name, "such as file: parts/system.md"
	}
	return "", ""
}

// partsBeside reads the files that a prompt's messages name, from the project of the prompt alone: what it names is
// sent to a model.
func partsBeside(prompt string) partReader {
	dir := filepath.Dir(prompt)
	root := config.Root(dir)
	return func(path string) ([]byte, error) {
		path = inputfile.Spelled(path)
		if abs, err := filepath.Abs(path); err != nil || !isWithin(abs, root) {
			return nil, fmt.Errorf("the file is outside of the project in %s", root)
		}
		resolved, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil, err
		}
		for _, allowed := range []string{root, dir} { // the directory of prompts may be a link
			target, err := filepath.EvalSymlinks(allowed)
			if err == nil {
				target, err = filepath.Abs(target)
			}
			if abs, absErr := filepath.Abs(resolved); err == nil && absErr == nil && isWithin(abs, target) {
				return inputfile.Read(path, maxSize)
			}
		}
		return nil, fmt.Errorf("the file is a link to a place outside of the project in %s", root)
	}
}

// isWithin reports whether an absolute path is below an absolute directory.
func isWithin(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// cause returns an error without the path that the problem names anyway.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
