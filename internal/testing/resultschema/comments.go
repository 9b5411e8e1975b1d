package resultschema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// comments are what the sources of a module say of the fields of its types, by package, type and field.
type comments struct {
	root string
	read map[string]map[string]string
}

const module = "promptbench/"

// of returns the comment of a field as a sentence; empty if there is none.
func (c *comments) of(t reflect.Type, field string) (string, error) {
	dir, isOurs := strings.CutPrefix(t.PkgPath(), module)
	if !isOurs {
		return "", nil
	}
	if c.read[dir] == nil {
		found, err := commentsIn(filepath.Join(c.root, filepath.FromSlash(dir)))
		if err != nil {
			return "", err
		}
		if c.read == nil {
			c.read = map[string]map[string]string{}
		}
		c.read[dir] = found
	}
	return c.read[dir][t.Name()+"."+field], nil
}

// commentsIn reads the comments of all struct fields in a package.
func commentsIn(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("listing the sources: %w", err)
	}
	out := map[string]string{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("reading the comments: %w", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			of, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, f := range of.Fields.List {
				for _, name := range f.Names {
					out[spec.Name.Name+"."+name.Name] = sentence(f.Comment.Text() + f.Doc.Text())
				}
			}
			return false
		})
	}
	return out, nil
}

// sentence makes a comment one line that begins in upper case.
func sentence(comment string) string {
	text := strings.Join(strings.Fields(comment), " ")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
