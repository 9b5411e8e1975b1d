package summary_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/summary"
)

func TestFamilyOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"qwen2.5-coder-1.5b": "qwen", "Qwen/Qwen3-8B-Instruct": "qwen", "qwq-32b": "qwen", "gemma-3-270m": "gemma",
		"google/gemma-3n-e4b-it": "gemma", "models/gemini-2.5-pro": "gemini", "gpt-4o-mini": "gpt", "openai/gpt-oss-20b": "gpt",
		"chatgpt-4o-latest": "gpt", "o3-mini": "gpt", "claude-sonnet-4-5": "claude",
		"anthropic.claude-3-5-sonnet-20241022-v2:0": "claude", "meta-llama/Llama-3.1-8B": "llama", "Meta-Llama-3-8B": "llama",
		"codellama:13b": "llama", "mistral-large-latest": "mistral", "open-mixtral-8x7b": "mistral", "phi4": "phi",
		"deepseek-r1-distill-qwen-7b": "qwen", "deepseek-chat": "deepseek", "EXAONE-4.0-32B": "exaone",
		"fast": "", "judge-1": "", "": "", "o365": "", "llamas": "",
	} {
		require.Equal(t, want, summary.FamilyOf(id), id)
	}
}
