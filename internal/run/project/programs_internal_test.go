package project

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	kept := []string{
		"PATH=/bin", "HOME=/home/kim", "PWD=/x", "OLDPWD=/y", "LANG=ko_KR.UTF-8", "SSH_AUTH_SOCK=/tmp/s", "KEYBOARD=kr", "MONKEY=1", "COMPASS=n", "TOKENIZERS_PARALLELISM=1",
		"HTTP_PROXY=http://proxy:3128", "EMPTY=", "HF_TOKEN=passed", "PYTHONUTF8=0",
	}
	hidden := []string{
		"OUR_MODEL=named by the config", "OPENAI_API_KEY=a", "GITHUB_TOKEN=a", "ACTIONS_ID_TOKEN_REQUEST_URL=a", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=a",
		"db_password=a", "SMTP_PASS=a", "PGPASSWORD=a", "OUR_APIKEY=a", "MYSQL_PWD=a", "GOOGLE_APPLICATION_CREDENTIALS=/a", "DATABASE_URL=postgres://kim:a@db/x", "HTTPS_PROXY=http://kim:a@proxy:3128",
	}
	require.Equal(t, append(kept, "PYTHONUNBUFFERED=1"),
		withoutSecrets(append(append([]string(nil), kept...), hidden...), []string{"OUR_MODEL"}, []string{"HF_TOKEN"}))
	require.Equal(t, []string{"PYTHONUNBUFFERED=1", "PYTHONUTF8=1"}, withoutSecrets(nil, nil, nil))
}
