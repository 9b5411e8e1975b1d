package model

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOutcomeGoesThroughWhole(t *testing.T) {
	t.Parallel()
	sent := Response{
		Reply: "1. 예약 <b>&\n👩‍👩‍👧", Thinking: "음", FinishReason: "stop", ResponseModel: "m-1", Usage: &Usage{InputTokens: 3, OutputTokens: 0},
		Latency: 1234567 * time.Nanosecond, At: time.Date(2026, 11, 23, 1, 2, 3, 4000, time.UTC), Attempts: 1,
	}
	data, err := EncodeOutcome(sent, nil)
	require.NoError(t, err)
	got, err := DecodeOutcome(data)
	require.NoError(t, err)
	require.Equal(t, sent, got)
}

func TestFailureGoesThroughWhole(t *testing.T) {
	t.Parallel()
	sent := &Error{
		Kind: KindUnreachable, Status: 502, Code: "c", Message: "certificate", RetryAfter: time.Second, Attempts: 1, Down: true,
		BaseURL: "https://a", Model: "m", KeyEnv: "K", Timeout: time.Minute, permanent: true, noAPI: true,
	}
	data, err := EncodeOutcome(Response{}, sent)
	require.NoError(t, err)
	_, got := DecodeOutcome(data)
	require.Equal(t, sent, got)

	data, err = EncodeOutcome(Response{}, errors.New("what no client returns"))
	require.NoError(t, err)
	_, got = DecodeOutcome(data)
	failure, ok := errors.AsType[*Error](got)
	require.True(t, ok)
	require.True(t, failure.Fatal())

	_, got = DecodeOutcome([]byte("half a rep"))
	failure, ok = errors.AsType[*Error](got)
	require.True(t, ok)
	require.True(t, failure.Retryable())
}
