package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func TestOutcomeGoesThroughWhole(t *testing.T) {
	t.Parallel()
	sent := model.Response{
		Reply: "1. 예약 <b>&\n👩‍👩‍👧", Thinking: "음", FinishReason: "stop", ResponseModel: "m-1", Usage: &model.Usage{
			InputTokens: 3, OutputTokens: 0,
		},
		Latency: 1234567 * time.Nanosecond, At: time.Date(2026, 11, 23, 1, 2, 3, 4000, time.UTC), Attempts: 1,
	}
	data, err := encodeOutcome(sent, nil)
	require.NoError(t, err)
	got, err := decodeOutcome(data)
	require.NoError(t, err)
	require.Equal(t, sent, got)
}

func TestFailureGoesThroughWhole(t *testing.T) {
	t.Parallel()
	sent := &model.Error{
		Kind: model.KindUnreachable, Status: 502, Code: "c", Message: "certificate", RetryAfter: time.Second, Attempts: 1,
		Down:    true,
		BaseURL: "https://a", Model: "m", KeyEnv: "K", Timeout: time.Minute, Permanent: true, NoAPI: true,
	}
	data, err := encodeOutcome(model.Response{}, sent)
	require.NoError(t, err)
	_, got := decodeOutcome(data)
	require.Equal(t, sent, got)

	data, err = encodeOutcome(model.Response{}, errors.New("what no client returns"))
	require.NoError(t, err)
	_, got = decodeOutcome(data)
	failure, ok := errors.AsType[*model.Error](got)
	require.True(t, ok)
	require.True(t, failure.Fatal())

	_, got = decodeOutcome([]byte("half a rep"))
	failure, ok = errors.AsType[*model.Error](got)
	require.True(t, ok)
	require.True(t, failure.Retryable())
}
