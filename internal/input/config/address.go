package config

import (
	"net/url"
	"regexp"
	"strings"
)

// operation matches the path of a single request at the end of an address.
func operation() *regexp.Regexp {
	return regexp.MustCompile(`/(?:(?:chat/)?completions|responses|messages|models/[^/]+:(?:streamG|g)enerateContent)$`)
}

// SplitAddress returns the base URL in an address, which may be the full one of a request, as a provider shows it, and
// the api-version in its query.
func SplitAddress(address string) (base, apiVersion string) {
	base, query, _ := strings.Cut(address, "?")
	if values, err := url.ParseQuery(query); err == nil {
		apiVersion = values.Get("api-version")
	}
	base = operation().ReplaceAllString(strings.TrimRight(base, "/"), "")
	return base, apiVersion
}

// HasOtherQuery reports whether an address has a query with more than an api-version, or a fragment: nothing of it
// would be sent.
func HasOtherQuery(u *url.URL) bool {
	values := u.Query()
	values.Del("api-version")
	return len(values) > 0 || u.Fragment != ""
}
