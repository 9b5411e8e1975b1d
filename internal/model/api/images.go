package api

import (
	"encoding/base64"

	"promptbench/internal/model"
)

// An imageMessage is a message with images. It has its fields in the order of their names.
type imageMessage struct {
	Content []any  `json:"content"`
	Role    string `json:"role"`
}

// messageOf writes a message of a chat: its images first, each as the API has it, then its text.
func messageOf(m model.Message, imageOf func(model.Image) any) any {
	if len(m.Images) == 0 {
		return chatMessage{Content: m.Content, Role: m.Role}
	}
	return imageMessage{
		Content: append(partsOf(m, imageOf), map[string]any{"type": "text", "text": m.Content}),
		Role:    m.Role,
	}
}

// partsOf writes the images of a message.
func partsOf(m model.Message, imageOf func(model.Image) any) []any {
	out := make([]any, len(m.Images), len(m.Images)+1)
	for i, image := range m.Images {
		out[i] = imageOf(image)
	}
	return out
}

func chatImage(i model.Image) any {
	return map[string]any{"type": "image_url", "image_url": map[string]any{"url": dataURL(i)}}
}

func responsesImage(i model.Image) any {
	return map[string]any{"type": "input_image", "image_url": dataURL(i)}
}

func anthropicImage(i model.Image) any {
	return map[string]any{"type": "image", "source": map[string]any{
		"type": "base64", "media_type": i.Type, "data": encoded(i),
	}}
}

func dataURL(i model.Image) string { return "data:" + i.Type + ";base64," + encoded(i) }

func encoded(i model.Image) string { return base64.StdEncoding.EncodeToString(i.Data) }
