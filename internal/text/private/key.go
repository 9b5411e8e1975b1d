package private

import (
	"regexp"
	"strings"
)

// KeyPattern matches the keys of common services.
func KeyPattern() *regexp.Regexp { return regexp.MustCompile(`(?i)(^|[^a-z0-9])(` + keyForms() + `)`) }

func keyForms() string {
	return strings.Join([]string{
		`(sk|pk|rk)-[a-z0-9_-]{8,}`,                     // OpenAI and many that follow it
		`(gsk|hf|xai|pplx|nvapi|r8)[-_][a-z0-9_-]{16,}`, // other model services
		`(sk|pk|rk|whsec)_(live_|test_)?[a-z0-9]{16,}`,  // Stripe
		`AIza[a-z0-9_-]{20,}`,                           // Google
		`ya29\.[a-z0-9_-]{16,}`,                         // Google, for a short time
		`glpat-[a-z0-9_-]{16,}`,                         // GitLab
		`(npm|dop_v1)_[a-z0-9]{16,}`,                    // npm, DigitalOcean
		`SG\.[a-z0-9_-]{16,}\.[a-z0-9_-]{16,}`,          // SendGrid
		`AKIA[a-z0-9]{12,}`,                             // AWS
		`gh[pousr]_[a-z0-9]{16,}`,                       // GitHub
		`github_pat_[a-z0-9_]{16,}`,                     // GitHub
		`xox[a-z]-[a-z0-9-]{8,}`,                        // Slack
		`bearer\s+[a-z0-9._~+/=-]{16,}`,                 // an Authorization header's value
		`eyJ[a-z0-9_-]{8,}\.[a-z0-9_-]{8,}`,             // a JSON Web Token
	}, "|")
}

// NamedSecret matches a key or a password by its name, and one in a URL.
func NamedSecret() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(api[ _-]?key|access[ _-]?key|token|secret|passw(or)?d|authorization|cookie)` +
		`["']?\s*[:=]\s*["']?[^\s"'{]|://[^/\s@]*:[^/\s@]*@`)
}

// IsKey reports whether a word, such as a part of a path, looks like a key: it has the form of a known service's, is a
// UUID, or has a long run of letters and digits in no order.
func IsKey(word string) bool {
	const shortest = 12
	return len(word) >= shortest && (isRandom(word) || KeyPattern().MatchString(word) || uuid().MatchString(word))
}

// isRandom reports whether a word has a long run of letters and digits in no order.
func isRandom(word string) bool {
	const longRun, manyChanges = 16, 6
	run, changes, last := 0, 0, rune(0)
	for _, r := range word {
		kind := rune(0)
		switch {
		case '0' <= r && r <= '9':
			kind = '0'
		case 'a' <= r && r <= 'z':
			kind = 'a'
		case 'A' <= r && r <= 'Z':
			kind = 'A'
		}
		if run++; kind == 0 {
			run, changes = 0, 0
		} else if kind != last {
			changes++
		}
		if last = kind; run >= longRun && changes > manyChanges {
			return true
		}
	}
	return false
}

func uuid() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
}
