package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

// Gemini is Google's generateContent, of the Gemini API.
type Gemini struct{}

// Kind returns "generateContent".
func (Gemini) Kind() string { return "generateContent" }

// Encode returns the request for a content. The API names the model in the URL; the body of a request names it too, so
// that recordings of two models differ, but that is not sent. A reasoning effort is a thinking level; "none" is a
// thinking budget of 0. Parameters under generationConfig in extra are sent beside the others.
func (Gemini) Encode(t model.Target, r model.Request) (model.Call, error) {
	name := strings.TrimPrefix(t.ID, "models/")
	call := post(versioned(t.Base(), "/v1beta")+"/models/"+url.PathEscape(name)+":generateContent", nil)
	if t.APIKey != "" {
		call.Header.Set("x-goog-api-key", string(t.APIKey))
	}
	var err error
	if r.Body != nil {
		call.Body, err = withoutModel(r.Body)
	} else {
		call.Body, err = geminiBody(t.ID, r)
	}
	return call, err
}

// withoutModel returns a body as it is sent.
func withoutModel(data []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	delete(fields, "model")
	return strictyaml.Sorted(fields)
}

// A geminiContent has its fields in the order of their names.
type geminiContent struct {
	Parts []geminiPart `json:"parts"`
	Role  string       `json:"role,omitempty"`
}

// A geminiPart has one of these, and a call perhaps a signature.
type geminiPart struct {
	FunctionCall     *geminiFunction `json:"functionCall,omitempty"`
	FunctionResponse *geminiFunction `json:"functionResponse,omitempty"`
	InlineData       *geminiData     `json:"inlineData,omitempty"`
	Text             *string         `json:"text,omitempty"`
	ThoughtSignature string          `json:"thoughtSignature,omitempty"`
}

// A geminiFunction is a call, with arguments, or what it returned, with a response.
type geminiFunction struct {
	Args     json.RawMessage `json:"args,omitempty"`
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Response json.RawMessage `json:"response,omitempty"`
}

// geminiData are the bytes of an attachment.
type geminiData struct {
	Data     []byte `json:"data"`
	MimeType string `json:"mimeType"`
}

func geminiText(text string) geminiPart { return geminiPart{Text: &text} }

func geminiBody(id string, r model.Request) ([]byte, error) {
	system, turns, err := split("the Gemini API", r.Messages)
	if err != nil {
		return nil, err
	}
	b, err := newBody(r, "contents", "model", "systemInstruction", "system_instruction")
	if err != nil {
		return nil, err
	}
	b["model"], b["contents"] = id, geminiContents(turns)
	if err := b.setGeminiTools(r); err != nil {
		return nil, err
	}
	if system != "" {
		b["systemInstruction"] = geminiContent{Parts: []geminiPart{geminiText(system)}}
	}
	config, err := b.object("generationConfig")
	if err != nil {
		return nil, err
	}
	set(config, "temperature", r.Params.Temperature)
	set(config, "topP", r.Params.TopP)
	set(config, "maxOutputTokens", tokenLimit(r))
	set(config, "seed", r.Params.Seed)
	if len(r.Params.Stop) > 0 {
		config["stopSequences"] = r.Params.Stop
	}
	if err := config.setThinkingLevel(r.Params.ReasoningEffort); err != nil {
		return nil, err
	}
	if _, err := responseFormat(r); err != nil {
		return nil, err
	}
	switch openai.ChatCompletionResponseFormatType(r.ResponseFormat) {
	case openai.ChatCompletionResponseFormatTypeJSONSchema:
		config["responseJsonSchema"] = bareSchema(r.JSONSchema)
		config["responseMimeType"] = "application/json"
	case openai.ChatCompletionResponseFormatTypeJSONObject:
		config["responseMimeType"] = "application/json"
	}
	if len(config) == 0 {
		delete(b, "generationConfig")
	}
	return b.canonical()
}

// geminiContents writes messages. What tools return is one message of the user after the calls.
func geminiContents(turns []model.Message) []geminiContent {
	var contents []geminiContent
	var ids callIDs
	for _, m := range turns {
		one := geminiContent{Role: m.Role}
		if m.Role == openai.ChatMessageRoleAssistant {
			one.Role = "model"
		}
		for _, a := range m.Attachments {
			one.Parts = append(one.Parts, geminiPart{InlineData: &geminiData{Data: a.Data, MimeType: a.Type}})
		}
		if m.Content != "" || len(m.ToolCalls) == 0 {
			one.Parts = append(one.Parts, geminiText(m.Content))
		}
		calls, results := geminiCalls(m, &ids)
		one.Parts = append(one.Parts, calls...)
		if contents = append(contents, one); len(results) > 0 {
			contents = append(contents, geminiContent{Role: openai.ChatMessageRoleUser, Parts: results})
		}
	}
	return contents
}

// setThinkingLevel sets how much the model thinks, in a generationConfig.
func (b body) setThinkingLevel(effort string) error {
	if effort == "" {
		return nil
	}
	thinking, err := b.object("thinkingConfig")
	if err != nil {
		return err
	}
	if effort == "none" {
		thinking["thinkingBudget"] = 0
	} else {
		thinking["thinkingLevel"] = effort
	}
	return nil
}

// Decode reads the first candidate. A prompt that was blocked has none.
func (Gemini) Decode(a model.Answer) (model.Response, error) {
	var doc struct {
		Model      json.RawMessage `json:"modelVersion"`
		Candidates []struct {
			Content struct {
				Parts parts `json:"parts"`
			} `json:"content"`
			Reason json.RawMessage `json:"finishReason"`
		} `json:"candidates"`
		Feedback struct {
			Reason  json.RawMessage `json:"blockReason"`
			Message json.RawMessage `json:"blockReasonMessage"`
		} `json:"promptFeedback"`
		Usage json.RawMessage `json:"usageMetadata"`
		Error json.RawMessage `json:"error"`
	}
	if err := decode(&a, &doc, &doc.Error); err != nil {
		return model.Response{}, err
	}
	switch {
	case len(doc.Candidates) == 0 && has(doc.Feedback.Reason):
		reason := word(doc.Feedback.Reason)
		return model.Response{}, &model.Error{
			Kind: model.KindContentFilter, Status: a.Status, Code: reason,
			Message: cmp.Or(word(doc.Feedback.Message), "it blocked the prompt: "+reason),
		}
	case len(doc.Candidates) == 0:
		return model.Response{}, noCompletion(a, "it has no candidates")
	}
	first := doc.Candidates[0]
	return completed(a, first.Content.Parts,
		model.Response{ResponseModel: word(doc.Model), Usage: readUsage(doc.Usage)}, word(first.Reason))
}
