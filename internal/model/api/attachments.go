package api

import (
	"encoding/base64"
	"fmt"
	"strings"

	"promptbench/internal/model"
)

// A partsMessage is a message of several parts. It has its fields in the order of their names.
type partsMessage struct {
	Content []any  `json:"content"`
	Role    string `json:"role"`
}

// messageOf writes a message of a chat: its attachments first, each as the API has it, then its text.
func messageOf(m model.Message, partOf attachmentPart) any {
	if len(m.Attachments) == 0 {
		return chatMessage{Content: m.Content, Role: m.Role}
	}
	return partsMessage{
		Content: append(partsOf(m, partOf), map[string]any{"type": "text", "text": m.Content}),
		Role:    m.Role,
	}
}

// An attachmentPart writes an attachment as an API has it. A document has a name that does not depend on that of its
// file, so that a renamed file gets the same reply.
type attachmentPart func(a model.Attachment, name string) any

// partsOf writes the attachments of a message.
func partsOf(m model.Message, partOf attachmentPart) []any {
	out := make([]any, len(m.Attachments), len(m.Attachments)+1)
	for i, a := range m.Attachments {
		out[i] = partOf(a, fmt.Sprintf("file-%d.pdf", i+1))
	}
	return out
}

func isImage(a model.Attachment) bool { return strings.HasPrefix(a.Type, "image/") }

// chatPart follows https://platform.openai.com/docs/guides/pdf-files and the guide to images beside it, as
// responsesPart does.
func chatPart(a model.Attachment, name string) any {
	if isImage(a) {
		return map[string]any{"type": "image_url", "image_url": map[string]any{"url": dataURL(a)}}
	}
	return map[string]any{"type": "file", "file": map[string]any{"filename": name, "file_data": dataURL(a)}}
}

func responsesPart(a model.Attachment, name string) any {
	if isImage(a) {
		return map[string]any{"type": "input_image", "image_url": dataURL(a)}
	}
	return map[string]any{"type": "input_file", "filename": name, "file_data": dataURL(a)}
}

// anthropicPart follows https://docs.anthropic.com/en/docs/build-with-claude/pdf-support.
func anthropicPart(a model.Attachment, _ string) any {
	kind := "document"
	if isImage(a) {
		kind = "image"
	}
	return map[string]any{"type": kind, "source": map[string]any{
		"type": "base64", "media_type": a.Type, "data": encoded(a),
	}}
}

func dataURL(a model.Attachment) string { return "data:" + a.Type + ";base64," + encoded(a) }

func encoded(a model.Attachment) string { return base64.StdEncoding.EncodeToString(a.Data) }
