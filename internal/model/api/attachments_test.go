package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
)

// Every API takes the attachments of a message before its text, and a message without any is as it was.
func TestAttachmentsInEachAPI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"chat": `"messages":[{"content":"말","role":"system"},{"content":[` +
			`{"image_url":{"url":"data:image/png;base64,AQI="},"type":"image_url"},` +
			`{"file":{"file_data":"data:application/pdf;base64,Aw==","filename":"file-2.pdf"},"type":"file"},` +
			`{"text":"사진 <1>","type":"text"}],"role":"user"}]`,
		"responses": `"input":[{"content":"말","role":"system","type":"message"},{"content":[` +
			`{"image_url":"data:image/png;base64,AQI=","type":"input_image"},` +
			`{"file_data":"data:application/pdf;base64,Aw==","filename":"file-2.pdf","type":"input_file"},` +
			`{"text":"사진 <1>","type":"input_text"}],` +
			`"role":"user","type":"message"}]`,
		"anthropic": `"messages":[{"content":[` +
			`{"source":{"data":"AQI=","media_type":"image/png","type":"base64"},"type":"image"},` +
			`{"source":{"data":"Aw==","media_type":"application/pdf","type":"base64"},"type":"document"},` +
			`{"text":"사진 <1>","type":"text"}],"role":"user"}]`,
		"gemini": `"contents":[{"parts":[{"inlineData":{"data":"AQI=","mimeType":"image/png"}},` +
			`{"inlineData":{"data":"Aw==","mimeType":"application/pdf"}},{"text":"사진 <1>"}],"role":"user"}]`,
	} {
		target := model.Target{BaseURL: "http://x/v1", ID: "m", API: api.ByName(name)}
		r, err := target.Prepare(model.Request{Trial: 1, Messages: []model.Message{
			{Role: "system", Content: "말"},
			{Role: "user", Content: "사진 <1>", Attachments: []model.Attachment{
				{Type: "image/png", Data: []byte{1, 2}}, {Type: "application/pdf", Data: []byte{3}},
			}},
		}})
		require.NoError(t, err)
		require.Contains(t, string(r.Body), want, name)
		require.Error(t, api.CheckBody(target.API.Kind(), "m", r.Body, nil), "a worker of a queue sends text alone")
	}
}
