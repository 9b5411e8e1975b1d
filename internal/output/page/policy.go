package page

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Policy is the content security policy of a page: its own style and script by their hashes, and nothing else. The
// script can't make markup out of text. A page that is served may load images from its own server, and send its form
// there.
func Policy(style, code string, served bool) string {
	script, form, images := "'none'", "'none'", ""
	if code != "" {
		script = hash(code)
	}
	if served {
		form, images = "'self'", "; img-src 'self'"
	}
	return strings.Join([]string{
		"default-src 'none'", "style-src " + hash(style), "script-src " + script, "base-uri 'none'", "form-action " + form,
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	}, "; ") + images
}

func hash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
