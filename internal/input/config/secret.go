package config

import (
	"regexp"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/text/private"
)

// The secrets of a config are the values that look like keys.
type secrets struct {
	values []string
	probs  problem.List
}

// findSecrets searches all keys and values of a config.
func findSecrets(root strictyaml.Node) secrets {
	var s secrets
	pattern := private.KeyPattern()
	seen := map[[2]int]bool{} // an aliased value is found once
	var walk func(n strictyaml.Node)
	look := func(n strictyaml.Node) {
		line, column := n.Pos()
		if !pattern.MatchString(n.Text()) || seen[[2]int{line, column}] {
			return
		}
		seen[[2]int{line, column}] = true
		s.values = append(s.values, n.Text())
		p := n.Problem("this looks like a key, which must not be in a file",
			"put it in an environment variable and name that under api_key_env or headers_env; "+
				"then replace the key, which others may have seen")
		p.Secret = true
		s.probs.Add(p)
	}
	walk = func(n strictyaml.Node) {
		look(n)
		for _, item := range n.Items() {
			walk(item)
		}
		for _, e := range n.Entries() {
			look(e.Key)
			walk(e.Value)
		}
	}
	walk(root)
	return s
}

// HoldsSecret reports whether a line of a file seems to contain a key or a
// password, by its form or by its name, and must not be printed.
func HoldsSecret(line string) bool {
	return private.KeyPattern().MatchString(line) || private.NamedSecret().MatchString(line)
}

// unknownSecret adds the place of secrets to the problem of an unknown key that
// is named like a secret.
func unknownSecret(p problem.Problem) problem.Problem {
	name, ok := strings.CutPrefix(p.Message, "unknown key ")
	if ok && private.NamedSecret().MatchString(name+": x") {
		p.Hint = "keep keys out of files: put it in an environment variable, name that under api_key_env, " +
			"and replace the key if it is a real one"
		p.Secret = true
	}
	return p
}

// report returns the problems with those of the secrets, and without those that
// quote a secret.
func (s secrets) report(probs problem.List) problem.List {
	out := append(problem.List(nil), s.probs...)
	for _, p := range probs {
		if !s.isQuoted(p.Message) && !s.isQuoted(p.Hint) {
			out.Add(unknownSecret(p))
		}
	}
	return out
}

// isQuoted reports whether text has a secret, or the beginning of one, because
// messages shorten quotes.
func (s secrets) isQuoted(text string) bool {
	const enough = 6
	for _, v := range s.values {
		if runes := []rune(v); len(runes) > enough {
			v = string(runes[:enough])
		}
		if strings.Contains(text, v) {
			return true
		}
	}
	return false
}

// SecretHeader reports whether a header's value is a secret by its name.
func SecretHeader(name string) bool {
	return slices.Contains([]string{
		"authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "x-auth-token", "cookie",
	}, strings.ToLower(name))
}

// isEnvName reports whether s is the name of an environment variable and not a
// key: long names rarely have lower-case letters, keys do.
func isEnvName(s string) bool {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`).MatchString(s) && !private.KeyPattern().MatchString(s) &&
		!(len(s) >= 32 && strings.ToUpper(s) != s)
}

func isHeaderName(s string) bool {
	return regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$").MatchString(s)
}
