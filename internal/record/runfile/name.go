package runfile

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
)

// Ext is how the name of a run file ends.
const Ext = ".jsonl"

// moment is how the id of a run begins, as package time writes it.
const moment = "20060102T150405Z"

// NewID makes the id of a run, which is also its file's name without [Ext]: the start in UTC, the revision, the model
// and six random hexadecimal digits. It is a safe file name on every system.
func NewID(started time.Time, revision, model string) string {
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	return strings.Join([]string{
		started.UTC().Format(moment),
		SafeName(revision),
		SafeName(model),
		hex.EncodeToString(random[:]),
	}, "-")
}

// SafeName keeps ASCII letters, digits, dots and underscores of a name and folds everything else into single hyphens,
// at most 40 characters, so that it can be part of a file's name on every system.
func SafeName(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool {
		return r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.'
	})
	name := strings.Join(parts, "-")
	return cmp.Or(strings.Trim(name[:min(40, len(name))], "-."), "x")
}

// IsID reports whether a name begins as those that [NewID] makes: with a moment.
func IsID(name string) bool {
	if len(name) <= len(moment) || name[len(moment)] != '-' {
		return false
	}
	_, err := time.Parse(moment, name[:len(moment)])
	return err == nil
}
