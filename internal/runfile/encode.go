package runfile

import (
	"bytes"
	"encoding/json"
)

// encode renders one record as a line. HTML escaping is off, so that `<`, `>`
// and `&` stay readable in the file.
func encode(record any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
