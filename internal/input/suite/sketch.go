package suite

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"promptbench/internal/input/inputfile"
)

// large is from which size on a suite file is sketched, not parsed: parsing
// 100,000 cases of YAML takes seconds.
const large = 1 << 20

// Sketch are the ids of a suite's cases, in order, and its tags, sorted, as far as they can
// be told at once: for suggestions while somebody types, where a suite may be
// broken and nobody waits. Of a large YAML file it takes the lines that look like
// a case's.
func Sketch(path string) (ids, tags []string) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	if info.Size() >= large {
		return sketchLines(path, sketchYAML())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil
	}
	lines := "" // the file with a case a line
	s, _ := parse(path, data, func(name string) (io.ReadCloser, error) {
		if ext := strings.ToLower(filepath.Ext(name)); ext == ".jsonl" || ext == ".ndjson" {
			lines = name
			return io.NopCloser(strings.NewReader("")), nil
		}
		return inputfile.Open(name)
	})
	if lines != "" {
		return sketchLines(lines, sketchJSON)
	}
	for c, err := range s.Cases() {
		if err != nil {
			break
		}
		ids = append(ids, c.ID)
	}
	return ids, sortedKeys(s.Tags())
}

// sketchLines gathers what read finds in the lines of a file, as far as they can be
// read.
func sketchLines(path string, read func(line []byte) (id string, tags []string)) (ids, tags []string) {
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, nil
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	seen := map[string]bool{}
	_ = eachLine(f, func(_ int, line []byte) bool {
		id, found := read(line)
		if id != "" {
			ids = append(ids, id)
		}
		for _, tag := range found {
			seen[tag] = true
		}
		return true
	})
	delete(seen, "")
	return ids, sortedKeys(seen)
}

func sketchJSON(line []byte) (id string, tags []string) {
	var c struct {
		ID   string   `json:"id"`
		Tags []string `json:"tags"`
	}
	if json.Unmarshal(line, &c) != nil {
		return "", nil
	}
	return c.ID, c.Tags
}

// sketchYAML takes the lines below cases that begin an item with its id.
func sketchYAML() func(line []byte) (id string, tags []string) {
	item := regexp.MustCompile(`^\s*- +\{? *"?id"?: *([^,}#\s]+)`)
	list := regexp.MustCompile(`\btags: *\[([^\]]*)\]`)
	isBelow := false
	return func(line []byte) (id string, tags []string) {
		if line[0] != ' ' && line[0] != '#' && line[0] != '-' {
			isBelow = bytes.HasPrefix(line, []byte("cases:"))
		}
		if !isBelow {
			return "", nil
		}
		if m := item.FindSubmatch(line); m != nil {
			id = strings.Trim(string(m[1]), `"'`)
		}
		if m := list.FindSubmatch(line); m != nil {
			for tag := range strings.SplitSeq(string(m[1]), ",") {
				tags = append(tags, strings.Trim(tag, ` "'`))
			}
		}
		return id, tags
	}
}
