package model

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"promptbench/internal/text/private"
)

// Local is the label of every endpoint on this machine, whatever its port: a recording made against port 8080 answers
// for port 9090 too.
const Local = "local"

// EndpointLabel names an endpoint in recordings. It is the label that the config gives, else the base URL with scheme
// and host in lower case, without the scheme's default port, trailing slashes, user, query and fragment. A base URL on
// the loopback interface is [Local]. A part of the path that looks like a key is hidden. What is no URL at all is
// "unknown"; such a target is refused before any call.
func EndpointLabel(label, baseURL string) string {
	if label = strings.TrimSpace(label); label != "" {
		return label
	}
	u, err := parseBase(baseURL)
	if err != nil {
		return "unknown"
	}
	host, port := hostOf(u), u.Port()
	switch {
	case host == "":
		return "unknown"
	case isLoopback(host):
		return Local
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		port = ""
	}
	host = strings.ReplaceAll(host, "%", "%25") // the zone of an IPv6 address
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	label, _ = hideKeys(scheme + "://" + host + strings.TrimRight(u.EscapedPath(), "/"))
	return label
}

// hideKeys replaces the parts of a URL's path that look like keys by names that tell them apart, and returns them.
func hideKeys(address string) (hidden string, keys []string) {
	const path = 3 // after the scheme, nothing, and the host
	segments := strings.Split(address, "/")
	for i := path; i < len(segments); i++ {
		if private.IsKey(segments[i]) {
			keys = append(keys, segments[i])
			sum := sha256.Sum256([]byte(segments[i]))
			segments[i] = "hidden-" + hex.EncodeToString(sum[:4])
		}
	}
	return strings.Join(segments, "/"), keys
}

// parseBase reads a base URL, taking http for granted where no scheme stands.
func parseBase(base string) (*url.URL, error) {
	base = strings.TrimSpace(base)
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	return url.Parse(base)
}

// onLoopback reports whether base is on this machine.
func onLoopback(base string) bool {
	u, err := parseBase(base)
	return err == nil && isLoopback(hostOf(u))
}

// hostOf returns the host in lower case, without the dot that may end a full name.
func hostOf(u *url.URL) string { return strings.TrimRight(strings.ToLower(u.Hostname()), ".") }

// isLoopback takes a host in lower case. The unspecified address counts, since servers print it as the address they
// listen on and it connects to this machine.
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	addr = addr.Unmap()
	return addr.IsLoopback() || addr.IsUnspecified()
}
