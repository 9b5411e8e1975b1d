package api

import (
	"net/url"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/model"
)

// Azure is OpenAI's chat completions or Responses at Azure OpenAI. A target with an API version names a deployment, in
// the URL of dated versions; one without uses Azure's v1 API, where the model is the name of the deployment. Bodies and
// answers are OpenAI's.
type Azure struct{ model.API }

// Encode returns the request of the API within, with Azure's URL and header for the key.
func (a Azure) Encode(t model.Target, r model.Request) (model.Call, error) {
	call, err := a.API.Encode(t, r)
	call.URL = azureURL(t, strings.TrimPrefix(call.URL, t.Base()))
	if t.APIKey != "" {
		call.Header.Del("Authorization")
		call.Header.Set(openai.AzureAPIKeyHeader, string(t.APIKey))
	}
	return call, err
}

// AzureV1 returns the base URL of Azure's v1 API. That of a resource is enough; a longer one, as Azure's portal shows
// it, is fine.
func AzureV1(base string) string { return azureBase(base) + "/v1" }

func azureBase(base string) string {
	base, _, _ = strings.Cut(base+"/", "/openai/")
	return strings.TrimRight(base, "/") + "/openai"
}

// azureURL returns the URL for a path such as /chat/completions.
func azureURL(t model.Target, path string) string {
	base := azureBase(t.Base())
	query := "?api-version=" + url.QueryEscape(t.APIVersion)
	switch {
	case t.APIVersion == "":
		return base + "/v1" + path
	case t.APIVersion == "v1", t.APIVersion == "preview", t.APIVersion == "latest":
		return base + "/v1" + path + query
	case path == "/responses":
		return base + path + query
	}
	return base + "/deployments/" + url.PathEscape(t.ID) + path + query
}
