package api

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"promptbench/internal/model"
)

// EmbeddingsOf returns the API that gives embeddings at an endpoint whose API a config calls by this name, or nil where
// there is none. A request to it has one message, the text, and of its parameters the extra ones. The reply is the
// vector, as [Vector] reads it.
func EmbeddingsOf(name string) model.API {
	switch name {
	case "", "chat", "responses":
		return Embeddings{}
	case "gemini":
		return GeminiEmbeddings{}
	}
	return nil
}

// Embeddings is OpenAI's embeddings API, at OpenAI, at Azure and at the many servers that speak it too.
type Embeddings struct{}

// Kind returns "embeddings".
func (Embeddings) Kind() string { return "embeddings" }

// Encode returns the request for the vector of one text.
func (Embeddings) Encode(t model.Target, r model.Request) (model.Call, error) {
	call := post(t.Base()+"/embeddings", r.Body)
	if t.APIKey != "" {
		call.Header.Set("Authorization", "Bearer "+string(t.APIKey))
	}
	if call.Body != nil {
		return call, nil
	}
	text, b, err := embeddingBody(t.ID, r, "input", "model", "encoding_format")
	if err != nil {
		return call, err
	}
	b["input"] = text
	call.Body, err = b.canonical()
	return call, err
}

func embeddingBody(id string, r model.Request, own ...string) (text string, b body, err error) {
	if len(r.Messages) != 1 {
		return "", nil, errors.New("a request for an embedding has one text")
	}
	if b, err = newBody(r, own...); err == nil {
		b["model"] = id
	}
	return r.Messages[0].Content, b, err
}

// Decode reads the vector.
func (Embeddings) Decode(a model.Answer) (model.Response, error) {
	var doc struct {
		Model json.RawMessage `json:"model"`
		Data  []struct {
			Embedding json.RawMessage `json:"embedding"`
		} `json:"data"`
		Usage json.RawMessage `json:"usage"`
		Error json.RawMessage `json:"error"`
	}
	if err := decode(&a, &doc, &doc.Error); err != nil {
		return model.Response{}, err
	}
	if len(doc.Data) != 1 {
		return model.Response{}, noCompletion(a, fmt.Sprintf("it has %d embeddings for one text", len(doc.Data)))
	}
	return embedded(a, doc.Data[0].Embedding, doc.Model, doc.Usage)
}

// GeminiEmbeddings is Google's embedContent, of the Gemini API.
type GeminiEmbeddings struct{}

// Kind returns "embedContent".
func (GeminiEmbeddings) Kind() string { return "embedContent" }

// Encode returns the request for the vector of one text. As with [Gemini], the model is in the body that names the
// recording, and in the URL.
func (GeminiEmbeddings) Encode(t model.Target, r model.Request) (model.Call, error) {
	name := strings.TrimPrefix(t.ID, "models/")
	call := post(versioned(t.Base(), "/v1beta")+"/models/"+url.PathEscape(name)+":embedContent", nil)
	if t.APIKey != "" {
		call.Header.Set("x-goog-api-key", string(t.APIKey))
	}
	if r.Body != nil {
		var err error
		call.Body, err = withoutModel(r.Body)
		return call, err
	}
	text, b, err := embeddingBody(t.ID, r, "content", "model")
	if err != nil {
		return call, err
	}
	b["content"] = geminiContent{Parts: []geminiPart{geminiText(text)}}
	call.Body, err = b.canonical()
	return call, err
}

// Decode reads the vector.
func (GeminiEmbeddings) Decode(a model.Answer) (model.Response, error) {
	var doc struct {
		Embedding struct {
			Values json.RawMessage `json:"values"`
		} `json:"embedding"`
		Usage json.RawMessage `json:"usageMetadata"`
		Error json.RawMessage `json:"error"`
	}
	if err := decode(&a, &doc, &doc.Error); err != nil {
		return model.Response{}, err
	}
	return embedded(a, doc.Embedding.Values, nil, doc.Usage)
}

// maxDimensions is more than any model of embeddings has.
const maxDimensions = 1 << 16

// embedded returns the response with a vector, which is a list of numbers.
func embedded(a model.Answer, vector, id, usage json.RawMessage) (model.Response, error) {
	var values []float32
	hasNull := bytes.Contains(vector, []byte("null")) // what some servers write for a number that is none
	if json.Unmarshal(vector, &values) != nil || hasNull || len(values) == 0 || len(values) > maxDimensions {
		return model.Response{}, noCompletion(a, "it has no embedding, which is a list of numbers")
	}
	if !slices.ContainsFunc(values, func(v float32) bool { return v != 0 }) {
		return model.Response{}, noCompletion(a, "its embedding is all zeros, which is near no text")
	}
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return model.Response{
		Reply: base64.StdEncoding.EncodeToString(raw), FinishReason: model.FinishStop,
		ResponseModel: word(id), Usage: readUsage(usage), At: a.At,
	}, nil
}

// Vector reads the reply of a request for an embedding: 32-bit floats, little-endian, in base64.
func Vector(reply string) ([]float32, error) {
	raw, err := base64.StdEncoding.DecodeString(reply)
	if err != nil || len(raw) == 0 || len(raw)%4 != 0 {
		return nil, errors.New("the reply is no embedding")
	}
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out, nil
}
