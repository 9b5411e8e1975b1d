package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"promptbench/internal/input/strictyaml"
)

// endpoint fills in where a model is and which API it speaks.
func (k *checker) endpoint(at strictyaml.Node, f fileModel, m *Model) {
	preset, known := PresetOf(f.Endpoint)
	m.BaseURL, m.APIVersion = SplitAddress(k.baseURL(at, f, preset))
	m.APIVersion = cmp.Or(f.APIVersion, m.APIVersion)
	switch m.API = f.API; {
	case f.API == Chat:
		m.API = ""
	case f.API == "" && known && preset.apiAt(m.BaseURL) != Chat:
		m.API = preset.apiAt(m.BaseURL)
	case f.API != "" && !slices.Contains(APIs(), f.API):
		k.fail(at.At("api"), fmt.Sprintf("there is no API %q", f.API), strictyaml.Hint(f.API, APIs()))
	}
	if f.APIVersion != "" && m.API != "" && m.API != Chat && m.API != Responses {
		k.fail(at.At("api_version"), "api_version belongs to Azure OpenAI, which speaks chat or responses", "remove it")
	}
}

// baseURL returns the base URL of a model's endpoint, as written.
func (k *checker) baseURL(at strictyaml.Node, f fileModel, preset Preset) string {
	if f.BaseURL == "" {
		switch {
		case preset.Name != "":
			return preset.BaseURL
		case f.Endpoint == "":
			k.fail(at, "the model has neither endpoint nor base_url",
				"set endpoint: openai or another known one, or the base_url of an OpenAI-compatible server")
		default:
			k.fail(at.At("endpoint"), fmt.Sprintf("the endpoint %q needs a base_url", f.Endpoint),
				"it is not a known endpoint; "+strictyaml.Hint(f.Endpoint, PresetNames()))
		}
		return ""
	}
	n := at.At("base_url")
	u, err := url.Parse(withStandIns(f.BaseURL, "https://x"))
	switch {
	case badVar(f.BaseURL) != "":
		k.fail(n, fmt.Sprintf("%s in base_url is not the name of a variable", badVar(f.BaseURL)), "write it like ${NAME}")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		k.fail(n, "base_url is not an http or https address", "such as http://127.0.0.1:8080/v1")
	case u.User != nil:
		k.fail(n, "base_url holds a user name or a password", "name the variable that holds the key under api_key_env")
	case HasOtherQuery(u):
		k.fail(n, "base_url holds a query or a fragment", "end it at the path, such as /v1")
	}
	return f.BaseURL
}

func (k *checker) headers(at strictyaml.Node, f fileModel) {
	for _, name := range slices.Sorted(maps.Keys(f.Headers)) {
		key := at.AtKey("headers", name)
		switch {
		case SecretHeader(name):
			k.fail(key, fmt.Sprintf("the header %s would hold a secret", name),
				"move it to headers_env and name the variable that holds its value")
		case !isHeaderName(withStandIns(name, "")) || badVar(name) != "":
			k.fail(key, fmt.Sprintf("%q is not a header name", name), "")
		case strings.ContainsAny(f.Headers[name], "\r\n\x00"):
			k.fail(at.At("headers", name), fmt.Sprintf("the header %s holds a line break", name), "")
		case HasVars(f.Headers[name]):
			k.fail(at.At("headers", name), fmt.Sprintf("the value of the header %s names a variable", name),
				"move it to headers_env: the header's name to the name of the variable, without ${}")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.HeadersEnv)) {
		if !isHeaderName(withStandIns(name, "")) || badVar(name) != "" {
			k.fail(at.AtKey("headers_env", name), fmt.Sprintf("%q is not a header name", name), "")
		}
		if !isEnvName(f.HeadersEnv[name]) {
			k.fail(at.At("headers_env", name), fmt.Sprintf("headers_env: %s is not the name of an environment variable", name),
				"name the variable that holds the header's value")
		}
	}
}
