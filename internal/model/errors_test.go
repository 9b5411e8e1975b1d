package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func TestErrorsMadeElsewhere(t *testing.T) {
	t.Parallel()
	for _, kind := range []model.Kind{
		model.KindUnreachable, model.KindTimeout, model.KindAuth, model.KindNotFound, model.KindBadRequest,
		model.KindContextLength, model.KindContentFilter,
		model.KindRateLimited, model.KindQuota, model.KindServer, model.KindMalformed, model.KindCancelled, "another",
	} {
		require.NotEmpty(t, (&model.Error{Kind: kind}).Error())
	}
	require.Equal(
		t, "the endpoint failed (500): oops (after 5 attempts)",
		(&model.Error{Kind: model.KindServer, Status: 500, Message: "oops", Attempts: 5}).Error(),
	)
}
