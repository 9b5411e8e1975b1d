package page

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// sources are the style and the script of the page.
func sources(script bool) (style, code string, err error) {
	data, err := assets.ReadFile("assets/page.css")
	if err != nil {
		return "", "", fmt.Errorf("reading the page's style: %w", err)
	}
	style = string(data)
	if !script {
		return style, "", nil
	}
	if data, err = assets.ReadFile("assets/page.js"); err != nil {
		return "", "", fmt.Errorf("reading the page's script: %w", err)
	}
	return style, string(data), nil
}

// Policy is the content security policy of a page: its own style and script by
// their hashes, and nothing else. The script can't make markup out of text. A
// page that is served may send its form to its own server.
func Policy(style, code string, served bool) string {
	script, form := "'none'", "'none'"
	if code != "" {
		script = hash(code)
	}
	if served {
		form = "'self'"
	}
	return strings.Join([]string{
		"default-src 'none'", "style-src " + hash(style), "script-src " + script, "base-uri 'none'", "form-action " + form,
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	}, "; ")
}

func hash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
