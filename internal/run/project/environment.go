package project

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/joho/godotenv"

	"promptbench/internal/input/problem"
)

// DefaultEnvFile is the file of variables that is read where none is named.
const DefaultEnvFile = ".env"

// environment returns a lookup of variables: those of the process, else those of the file at path. If path is empty, it
// is [DefaultEnvFile] in the working directory, else in that of the config, if it exists. Only variables that hold keys
// or are named by the config are looked up; the file changes nothing of the process itself, so programs that it starts
// do not get them.
func environment(path, root string) (func(string) string, problem.List) {
	file, severity := path, problem.Error
	if file == "" {
		file, severity = DefaultEnvFile, problem.Warning // it may be there for another program
		if !Exists(file) {
			file = filepath.Join(root, file)
		}
	}
	values, err := godotenv.Read(file)
	if err == nil {
		return func(name string) string { return cmp.Or(os.Getenv(name), values[name]) }, nil
	}
	if path == "" && errors.Is(err, fs.ErrNotExist) {
		return os.Getenv, nil
	}
	p := problem.Problem{
		File: file, Severity: severity, Message: "this is not a file of variables, and none is read from it",
		Hint: "write one a line, like NAME=value",
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok { // the parser's own errors quote the file, which holds keys
		p.Message, p.Hint = "reading the variables: "+failed.Err.Error(), ""
	}
	return os.Getenv, problem.List{p}
}
