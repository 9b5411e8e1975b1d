package progress

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedrawDrawsWhatDiffers(t *testing.T) {
	t.Parallel()
	require.Equal(t, "\x1b[?7l\x1b[1;1H\x1b[K가\x1b[2;1H\x1b[K나\x1b[3;1H\x1b[J\x1b[?7h", redraw(nil, []string{"가", "나"}))
	require.Equal(t, "\x1b[?7l\x1b[2;1H\x1b[K다\x1b[3;1H\x1b[?7h", redraw([]string{"가", "나"}, []string{"가", "다"}))
	require.Equal(t, "\x1b[?7l\x1b[2;1H\x1b[J\x1b[?7h", redraw([]string{"가", "나"}, []string{"가"}), "what is below goes")
}

func TestFitSaysWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 10 {
		lines = append(lines, fmt.Sprint(i))
	}
	require.Equal(t, lines, fitLines(lines, 11))
	require.Equal(t, []string{"0", "1", "2", "… 7 more lines; a taller window shows them"}, fitLines(lines, 5))
}
