package caselist

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/suite"
)

const file = `# head
suite: s
cases: # all
  # first
  - {id: a, input: "가, 나", expect: {type: x}} # kept
  - id: b # the second
    input: |
      two

      lines

    expect: {type: 'TODO'}

  # before the last
  -   id: c
      input: 다
      group: g
# tail
graders: [case_type]
`

func parse(t *testing.T, text string) *List {
	t.Helper()
	l, err := Parse("s.yaml", []byte(text))
	require.NoError(t, err)
	require.Equal(t, text, string(l.Bytes()))
	return l
}

// Cases from another file come to the end of the list, as deep as the others. All else stays.
func TestAppend(t *testing.T) {
	t.Parallel()
	from := parse(t, "cases:\n- id: n\n  input: |\n    하나\n     둘\n  # said so\n  tags: [t]\n- {id: o, input: 라}\n")
	n, err := from.Block("n")
	require.NoError(t, err)
	o, err := from.Block("o")
	require.NoError(t, err)
	l, err := parse(t, file).Append(n, o)
	require.NoError(t, err)
	require.Equal(t, strings.Replace(file, "# tail", "  - id: n\n    input: |\n      하나\n       둘\n    # said so\n"+
		"    tags: [t]\n  - {id: o, input: 라}\n# tail", 1), string(l.Bytes()))
	require.Len(t, l.Cases(), 5)

	deep, err := parse(t, file).Block("b")
	require.NoError(t, err)
	l, err = parse(t, "cases:\r\n- {id: q, input: 가}").Append(deep)
	require.NoError(t, err)
	require.Equal(t, "cases:\r\n- {id: q, input: 가}\r\n- id: b # the second\r\n  input: |\r\n    two\r\n\r\n    lines\r\n\r\n"+
		"  expect: {type: 'TODO'}", string(l.Bytes()))
}

// A case goes with its lines; the last one stays.
func TestWithout(t *testing.T) {
	t.Parallel()
	l, err := parse(t, file).Without("b", "a")
	require.NoError(t, err)
	require.Equal(t, "# head\nsuite: s\ncases: # all\n  # first\n\n  # before the last\n  -   id: c\n      input: 다\n"+
		"      group: g\n# tail\ngraders: [case_type]\n", string(l.Bytes()))
	_, err = l.Without("c")
	require.ErrorIs(t, err, ErrNoList)
}

// Group and type are written where a person would write them, and in quotes where they need them.
func TestSet(t *testing.T) {
	t.Parallel()
	l := parse(t, file)
	for _, id := range []string{"a", "b", "c"} {
		var err error
		l, err = l.SetGroup(id, "g, h")
		require.NoError(t, err)
	}
	l, err := l.SetType("b", "question")
	require.NoError(t, err)
	l, err = l.SetType("a", "yes or no")
	require.NoError(t, err)
	want := strings.NewReplacer("{id: a,", `{id: a, group: "g, h",`, "the second\n", "the second\n    group: \"g, h\"\n",
		"'TODO'", "question", "{type: x}", `{type: "yes or no"}`).Replace(file)
	require.Equal(t, want, string(l.Bytes()))
	require.Equal(t, "g", l.Cases()[2].Group)
	require.Equal(t, 5, l.Line("a"))
	require.Zero(t, l.Line("z"))
	_, err = l.SetType("c", "x")
	require.EqualError(t, err, "s.yaml:16: the case c has no expect.type; write one there")
}

// What cannot be edited is an error that says why, and never a broken file.
func TestRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"cases: [{id: a, input: 가}]\n":           "does not begin on a line of its own with a dash",
		"cases:\n  -\n    id: a\n    input: 가\n": "does not begin on a line of its own with a dash",
		"cases: {file: a.jsonl}\n":               ErrNoList.Error(),
		"suite: s\n":                             ErrNoList.Error(),
		"cases: [":                               "s.yaml:1",
	} {
		_, err := Parse("s.yaml", []byte(text))
		require.ErrorContains(t, err, want, text)
	}
	l := parse(t, "cases:\n  - {id: a, input: 가}\n")
	other := parse(t, "cases:\n  - {id: a, input: 나}\n")
	same, err := other.Block("a")
	require.NoError(t, err)
	_, err = l.Append(same)
	require.NoError(t, err, "that ids differ is for the suite to say")
	_, err = l.Block("b")
	require.EqualError(t, err, "s.yaml has no case b")
}

func TestLines(t *testing.T) {
	t.Parallel()
	data, err := AppendLines([]byte(`{"id":"a","input":"가 <b>"}`), suite.Case{ID: "b", Input: "<나>", Group: "a"})
	require.NoError(t, err)
	data, err = SetGroupInLines(data, "a", "a")
	require.NoError(t, err)
	require.Equal(t, []string{`{"id":"a","input":"가 <b>","group":"a"}`, `{"id":"b","input":"<나>","group":"a"}`, ""},
		strings.Split(string(data), "\n"))
	again, err := SetGroupInLines(data, "b", "other")
	require.NoError(t, err)
	require.Equal(t, string(data), string(again))
}

// Whatever the file, an edit either is an error or keeps every other case.
func FuzzEdit(f *testing.F) {
	f.Add(file, "b")
	f.Add("cases:\n- id: x\n  input: >-\n   a\n- {id: y, input: 'it''s'}\n", "y")
	f.Add("cases:\n - id: \"q\"\n   input: a\n   expect: {type: t}\n", "q")
	f.Fuzz(func(t *testing.T, text, id string) {
		l, err := Parse("s.yaml", []byte(text))
		if err != nil {
			return
		}
		before := l.Cases()
		for _, edit := range []func() (*List, error){
			func() (*List, error) { return l.SetGroup(id, "g") },
			func() (*List, error) { return l.SetType(id, "t") },
			func() (*List, error) { return l.Without(id) },
		} {
			edited, err := edit()
			if err != nil {
				continue
			}
			rest := 0
			for _, c := range edited.Cases() {
				if c.ID != id {
					rest++
				}
			}
			for _, c := range before {
				if c.ID != id {
					rest--
				}
			}
			require.Zero(t, rest)
		}
	})
}
