package mutate

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"unicode/utf16"
)

// odd are texts that readers stumble over.
func odd() []string {
	return []string{
		"", " ", "\x00", "\ufeff", "\u2028", "\r", "\t", "\x1b[2J", "\xff\xfe", "\xed\xa0\x80", "null", "~", "true",
		"NaN", ".inf",
		"-1", "0", "1e400", "99999999999999999999999", "0x10", "1_000", "{{", "}}", "{{input}}", "{{nope}}", "\\{{input}}",
		"'", "\"", "`", "#", "---", "...", "&a", "*a", "!!binary |", "!!python/object:os.system", "<<: *a", "? ",
		"- - -", "|", ">", "%", "@", "[", "{", "]", "}", ",", ":", "\n", "\n\n\n", "가나다", "👨‍👩‍👧", "é", "e\u0301",
		"</script>", "$ref",
		"file:///etc/passwd", "../../../../etc/passwd", "/dev/zero", "http://127.0.0.1:1", "(a+)+$", "$..a..b", "//*[//*]",
		`{"kind":"end","status":"complete"}`, `{"$ref":"#"}`, "id,input\n", "%s%n", "nan", "∞", "−1", "１",
	}
}

// change mutates a file, once or a few times.
func change(random *rand.Rand, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for range 1 + random.IntN(3) {
		data = mutated(random, data)
	}
	return os.WriteFile(path, data, 0o600)
}

func mutated(random *rand.Rand, data []byte) []byte {
	at := func() int { return random.IntN(len(data) + 1) }
	insert := func(text []byte) []byte {
		i := at()
		return slices.Concat(data[:i], text, data[i:])
	}
	words := odd()
	word := []byte(words[random.IntN(len(words))])
	switch random.IntN(14) {
	case 0:
		if len(data) > 0 {
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		}
		return data
	case 1:
		return data[:at()]
	case 2:
		i, j := at(), at()
		return slices.Concat(data[:min(i, j)], data[max(i, j):])
	case 3:
		return insert(word)
	case 4: // in place of a word
		fields := bytes.Fields(data)
		if len(fields) == 0 {
			return word
		}
		return bytes.Replace(data, fields[random.IntN(len(fields))], word, 1+random.IntN(3))
	case 5:
		return insert(bytes.Repeat(word, 1+random.IntN(50_000/(len(word)+1))))
	case 6: // nested deeply
		open := []string{"[", "{a: ", "- ", `{"a":`, "<a>", "("}[random.IntN(6)]
		return insert([]byte(strings.Repeat(open, 1+random.IntN(20_000))))
	case 7:
		lines := bytes.SplitAfter(data, []byte("\n"))
		i, j := random.IntN(len(lines)), random.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
		return bytes.Join(lines, nil)
	case 8: // a line many times
		lines := bytes.SplitAfter(data, []byte("\n"))
		i := random.IntN(len(lines))
		lines[i] = bytes.Repeat(lines[i], 1+random.IntN(1+200_000/(len(lines[i])+1)))
		return bytes.Join(lines, nil)
	case 9:
		return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	case 10:
		return asUTF16(data)
	case 11:
		return nil
	case 12:
		return []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
	default: // indentation
		return bytes.ReplaceAll(data, []byte("\n  "), []byte("\n"+strings.Repeat(" ", random.IntN(9))))
	}
}

func asUTF16(data []byte) []byte {
	out := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(string(data))) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

// oddFlags adds flags with odd values to a command.
func oddFlags(random *rand.Rand, args, flags []string) []string {
	words := append(odd(), "-", "--", "/dev/null", "/dev/stdin", ".", "..", "runs", "cases/todos.yaml",
		"1h", "-1s", "2562047h", strings.Repeat("a", 5000), strings.Repeat("-", 300), "9223372036854775807", "1000000000")
	words = slices.DeleteFunc(words, func(w string) bool { return strings.Contains(w, "\x00") }) // no system passes it on
	args = slices.Clone(args)
	for range 1 + random.IntN(3) {
		word := words[random.IntN(len(words))]
		switch random.IntN(4) {
		case 0:
			args[random.IntN(len(args))] = word
		case 1:
			args = append(args, word)
		default:
			args = append(args, flags[random.IntN(len(flags))]+[]string{"=", " "}[random.IntN(2)]+word)
		}
	}
	return args
}
