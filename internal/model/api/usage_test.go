package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func TestReadUsage(t *testing.T) {
	t.Parallel()
	both := &model.Usage{InputTokens: 10, OutputTokens: 5}
	with := func(cached, reasoning int) *model.Usage {
		return &model.Usage{InputTokens: 10, OutputTokens: 5, CachedTokens: cached, ReasoningTokens: reasoning}
	}
	tests := map[string]*model.Usage{
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}`:                                     both,
		`{"prompt_tokens":10.0,"completion_tokens":"5"}`:                                                   both,
		`{"input_tokens":10,"output_tokens":5}`:                                                            both,
		`{"inputTokens":10,"outputTokens":5}`:                                                              both,
		`{"promptTokens":10,"completionTokens":5}`:                                                         both,
		`{"promptTokenCount":10,"candidatesTokenCount":5}`:                                                 both,
		`{"prompt_eval_count":10,"eval_count":5}`:                                                          both,
		`{"prompt_tokens":10,"total_tokens":15}`:                                                           both,
		`{"output_tokens":5,"total_tokens":15,"input_tokens":null}`:                                        both,
		`{"promptTokenCount":10,"candidatesTokenCount":2,"thoughtsTokenCount":3,"totalTokenCount":15}`:     with(0, 3),
		`{"input_tokens":4,"cache_creation_input_tokens":4,"cache_read_input_tokens":2,"output_tokens":5}`: with(2, 0),
		`{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8}}`:           with(8, 0),
		`{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":9}}`:    with(0, 5),
		`{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":-8}}`:          both,
		`{"total_tokens":15}`:                           nil,
		`{"prompt_tokens":10}`:                          nil,
		`{"prompt_tokens":20,"total_tokens":15}`:        nil,
		`{"prompt_tokens":-1,"completion_tokens":-1}`:   nil,
		`{"prompt_tokens":10,"completion_tokens":-1}`:   nil,
		`{"prompt_tokens":1e300,"completion_tokens":5}`: nil,
		`{"prompt_tokens":"NaN","completion_tokens":5}`: nil,
		`{"prompt_tokens":null,"completion_tokens":{}}`: nil,
		`{}`: nil, `null`: nil, ``: nil, `15`: nil, `[]`: nil,
	}
	for text, want := range tests {
		require.Equal(t, want, readUsage(json.RawMessage(text)), text)
	}
}
