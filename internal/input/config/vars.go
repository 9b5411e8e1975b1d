package config

import (
	"fmt"
	"regexp"
)

// HasVars reports whether text names variables, as ${NAME}.
func HasVars(text string) bool { return variable().MatchString(text) }

// variable matches ${NAME}, and what is meant to be one.
func variable() *regexp.Regexp { return regexp.MustCompile(`\$\{([^}]*)\}?`) }

// Expand returns text with the values of the variables that it names as ${NAME}, and those values. The error names a
// variable that has no value.
func Expand(text string, getenv func(string) string) (expanded string, values []string, err error) {
	expanded = variable().ReplaceAllStringFunc(text, func(ref string) string {
		name := variable().FindStringSubmatch(ref)[1]
		value := getenv(name)
		if value == "" && err == nil {
			err = fmt.Errorf("%s has no value: set the variable %s", text, name)
		}
		values = append(values, value)
		return value
	})
	return expanded, values, err
}

// badVar returns the first ${…} in text that names no variable, or "".
func badVar(text string) string {
	for _, match := range variable().FindAllStringSubmatch(text, -1) {
		if match[0] != "${"+match[1]+"}" || !isEnvName(match[1]) {
			return match[0]
		}
	}
	return ""
}

// withStandIns returns text with a stand-in for each variable: a whole address at the start of a URL, else one letter.
func withStandIns(text, first string) string {
	at := variable().FindStringIndex(text)
	if at != nil && at[0] == 0 && first != "" {
		return first + variable().ReplaceAllString(text[at[1]:], "x")
	}
	return variable().ReplaceAllString(text, "x")
}
