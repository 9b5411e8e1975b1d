package prompt

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Next is the name of the revision to write after those beside path, without an extension: prompts/v5 after
// prompts/v3.prompt.yml, where v4 is there, too. A name without a number gets one, from 2 on.
func Next(path string) string {
	dir, name := filepath.Dir(path), baseName(path)
	stem := strings.TrimRight(name, "0123456789")
	last, err := strconv.Atoi(name[len(stem):])
	if err != nil {
		stem, last = name+"-", 1
	}
	others, _ := Files(dir) // without a directory, none is there
	for _, f := range others {
		if digits, ok := strings.CutPrefix(baseName(f), stem); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				last = max(last, n)
			}
		}
	}
	return filepath.ToSlash(filepath.Join(dir, fmt.Sprintf("%s%d", stem, last+1)))
}
