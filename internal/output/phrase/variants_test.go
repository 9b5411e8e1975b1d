package phrase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/phrase"
)

func TestShortNamesKeepApart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ names, want []string }{
		{[]string{"v2", "v3"}, []string{"v2", "v3"}},
		{[]string{"v3 · a", "v3 · b"}, []string{"v3 · a", "v3 · b"}},
		{[]string{"v3 · gemma-3-270m", "v3 · qwen"}, []string{"gemma-3-270m", "qwen"}},
		{[]string{"v2 · gemma-3-270m", "v3 · gemma-3-270m"}, []string{"v2", "v3"}},
		{[]string{"v2 · gemma-3-270m", "v3 · qwen-2.5"}, []string{"v2 · gemma-…", "v3 · qwen-2…"}},
		{[]string{"gpt-4o-2024-08-06", "gpt-4o-2024-11-20"}, []string{"…-2024-08-06", "…-2024-11-20"}},
		{[]string{"the-model-0001-of-them-all", "the-model-0002-of-them-all"}, []string{"1: the-mode…", "2: the-mode…"}},
		{[]string{"v3", "v3"}, []string{"v3", "v3"}},
		{[]string{"할 일을 나누는 프롬프트 하나", "할 일을 나누는 프롬프트 둘"}, []string{"…롬프트 하나", "…프롬프트 둘"}},
	} {
		require.Equal(t, test.want, phrase.ShortNames(test.names, 12))
	}
}
