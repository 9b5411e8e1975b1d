package chromiumtest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// axeFile is the variable that names the file of axe-core.
const axeFile = "PROMPTBENCH_AXE"

// Axe is the script of axe-core, which [Tab.Violations] needs. Where there is none, the test is left out, or fails
// where it is required.
func Axe(tb testing.TB) string {
	tb.Helper()
	path := os.Getenv(axeFile)
	if path == "" {
		Missing(tb, axeFile+" does not name the file axe.min.js; "+
			"npm ci --prefix tools/axe puts it at tools/axe/node_modules/axe-core/axe.min.js")
	}
	script, err := os.ReadFile(path)
	require.NoError(tb, err)
	return string(script)
}

// Violations are what axe-core finds serious or critical in the page as it is now. Its script must have been run there.
func (p *Tab) Violations() []string {
	p.tb.Helper()
	return Eval[[]string](p, `axe.run(document, {resultTypes: ["violations"]}).then(result => result.violations
		.filter(v => ["serious", "critical"].includes(v.impact))
		.map(v => v.id + ": " + v.help + ": " +
			v.nodes.map(n => n.html.slice(0, 150) + " " + n.failureSummary).join(" | ")))`)
}
