package suite

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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
	if err != nil {
		return nil, nil
	}
	if info.Size() >= large {
		return sketchYAML(path)
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
		return os.Open(name)
	})
	if lines != "" {
		return sketchJSON(lines)
	}
	for c, err := range s.Cases() {
		if err != nil {
			break
		}
		ids = append(ids, c.ID)
	}
	return ids, sortedKeys(s.Tags())
}

type sketch struct {
	ids  []string
	tags map[string]bool
}

func (s *sketch) add(id string, tags ...string) {
	if id != "" {
		s.ids = append(s.ids, id)
	}
	for _, tag := range tags {
		if tag != "" {
			s.tags[tag] = true
		}
	}
}

// each hands the lines of a file over, as far as they can be read.
func each(path string, visit func(line []byte)) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	_ = eachLine(f, func(_ int, data []byte) bool { visit(data); return true })
}

func sketchJSON(path string) (ids, tags []string) {
	s := sketch{tags: map[string]bool{}}
	each(path, func(line []byte) {
		var c struct {
			ID   string   `json:"id"`
			Tags []string `json:"tags"`
		}
		if json.Unmarshal(line, &c) == nil {
			s.add(c.ID, c.Tags...)
		}
	})
	return s.ids, sortedKeys(s.tags)
}

// sketchYAML takes the lines below cases that begin an item with its id.
func sketchYAML(path string) (ids, tags []string) {
	id := regexp.MustCompile(`^\s*- +\{? *"?id"?: *([^,}#\s]+)`)
	list := regexp.MustCompile(`\btags: *\[([^\]]*)\]`)
	s := sketch{tags: map[string]bool{}}
	below := false
	each(path, func(line []byte) {
		if line[0] != ' ' && line[0] != '#' && line[0] != '-' {
			below = bytes.HasPrefix(line, []byte("cases:"))
		}
		if !below {
			return
		}
		if m := id.FindSubmatch(line); m != nil {
			s.add(strings.Trim(string(m[1]), `"'`))
		}
		if m := list.FindSubmatch(line); m != nil {
			for tag := range strings.SplitSeq(string(m[1]), ",") {
				s.add("", strings.Trim(tag, ` "'`))
			}
		}
	})
	return s.ids, sortedKeys(s.tags)
}
