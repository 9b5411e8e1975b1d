package engine

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"promptbench/internal/model"
)

// What Windows says where other systems say ECONNREFUSED and ECONNRESET; the constants of package syscall have other
// values there.
const (
	windowsRefused = syscall.Errno(10061)
	windowsReset   = syscall.Errno(10054)
)

// Unreachable names an error of the network before any answer. Only errors that are known are quoted: the text of
// others may hold a proxy's password.
func Unreachable(err error) *model.Error {
	e := &model.Error{Kind: model.KindUnreachable}
	var (
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		operation   *net.OpError
	)
	dialled := errors.As(err, &operation)
	switch {
	case dialled && operation.Op == "proxyconnect":
		e.Message = "the proxy does not answer; check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
		e.Down, e.Permanent = true, true
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Message = fmt.Sprintf("no such host %q", dns.Name)
		e.Down, e.Permanent = true, true
	case errors.As(err, &dns):
		e.Message = fmt.Sprintf("looking up %q failed", dns.Name)
		e.Down = true
	case errors.As(err, &certificate):
		e.Message = "its certificate can't be trusted; if a private authority signed it, name a file of that authority's " +
			"certificate in SSL_CERT_FILE"
		e.Down, e.Permanent = true, true
	case errors.Is(err, http.ErrSchemeMismatch):
		e.Message = "it does not speak TLS; write http:// instead of https://"
		e.Down, e.Permanent = true, true
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, windowsRefused):
		e.Message, e.Down = model.SaysRefused, true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, windowsReset):
		e.Message = "the connection was reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the connection was closed before an answer"
	default:
		e.Message = harmless(err)
		e.Down = dialled && operation.Op == "dial"
	}
	return e
}

// harmless returns the text of err unless it may quote a URL with a password.
func harmless(err error) string {
	if requested, ok := errors.AsType[*url.Error](err); ok {
		err = requested.Err
	}
	if text := err.Error(); !strings.Contains(text, "@") && !strings.Contains(text, "://") {
		return text
	}
	return "no connection"
}

// unreadable says why the body of an answer could not be read.
func unreadable(err error) string {
	switch {
	case errors.Is(err, errTooLarge):
		return errTooLarge.Error()
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, windowsReset):
		return "the connection was reset half-way"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it was cut off"
	default:
		return harmless(err)
	}
}

// redirected names a redirect, which is never followed.
func redirected(a model.Answer) *model.Error {
	e := &model.Error{Kind: model.KindNotFound, Status: a.Status, Message: "it redirects elsewhere", NoAPI: true}
	if to, err := url.Parse(a.Header.Get("Location")); err == nil && to.Host != "" {
		e.Message = fmt.Sprintf("it redirects to %s://%s%s", to.Scheme, to.Host, to.EscapedPath())
	}
	return e
}
