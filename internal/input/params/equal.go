package params

import (
	"bytes"
	"encoding/json"
)

// Equal reports whether two sets of parameters send the same, whether they come
// from YAML or from JSON.
func Equal(a, b Params) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}
