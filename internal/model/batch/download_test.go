package batch

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A line without an end takes no memory, and the lines after it keep their places.
func TestReadLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 3*maxLine)
	r := bufio.NewReaderSize(strings.NewReader("one\n"+long+"\nlast"), 64<<10)
	line, size, err := readLine(r)
	require.NoError(t, err)
	require.Equal(t, "one\n", string(line))
	require.EqualValues(t, 4, size)
	line, size, err = readLine(r)
	require.NoError(t, err)
	require.LessOrEqual(t, len(line), maxLine)
	require.EqualValues(t, len(long)+1, size)
	line, size, err = readLine(r)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, "last", string(line))
	require.EqualValues(t, 4, size)
}
