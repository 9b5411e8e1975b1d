package table_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/table"
)

// read returns the records, the places of their cells and the error that ends them.
func read(text string, isLenient bool) (records [][]string, places []string, err error) {
	r := table.NewReader("t.csv", strings.NewReader(text))
	r.Lenient = isLenient
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return records, places, nil
		}
		if err != nil {
			return records, places, err
		}
		for _, p := range rec.Places {
			places = append(places, fmt.Sprintf("%d:%d", p.Line, p.Column))
		}
		records = append(records, rec.Cells)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("가\t나\n1\t2\n")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text    string
		lenient bool
		want    [][]string
		places  string
	}{
		"commas":            {"a,b\r\n1,\"2, 3\"\r\n", false, [][]string{{"a", "b"}, {"1", "2, 3"}}, "1:1 1:3 2:1 2:3"},
		"semicolons":        {"a;b\n1,5;2\n", false, [][]string{{"a", "b"}, {"1,5", "2"}}, "1:1 1:3 2:1 2:5"},
		"quoted separators": {"\"a;b;c\",d\n1,2", false, [][]string{{"a;b;c", "d"}, {"1", "2"}}, "1:1 1:9 2:1 2:3"},
		"bars":              {"a|b\n1,5|2\n", false, [][]string{{"a", "b"}, {"1,5", "2"}}, "1:1 1:3 2:1 2:5"},
		"lines of CR":       {"a,b\r1,\"2\r3\"\r\r4,5", false, [][]string{{"a", "b"}, {"1", "2\n3"}, {"4", "5"}}, "1:1 1:3 2:1 2:3 5:1 5:3"},
		"Excel's line":      {"sep=|\na|b,c\n", false, [][]string{{"a", "b,c"}}, "2:1 2:3"},
		"tabs, UTF-16":      {utf16, false, [][]string{{"가", "나"}, {"1", "2"}}, "1:1 1:3 2:1 2:3"},
		"one column":        {"a\n1\n\n2\n", false, [][]string{{"a"}, {"1"}, {"2"}}, "1:1 2:1 4:1"},
		"lines and quotes": {
			"가,\"나\n\"\"다\"\"\",라\n", false, [][]string{{"가", "나\n\"다\"", "라"}}, "1:1 1:3 2:8",
		},
		"quotes in a cell": {
			"a, b\n\"Hello\" she said, 5\" x\n", true, [][]string{{"a", "b"}, {`"Hello" she said`, `5" x`}}, "1:1 1:4 2:1 2:19",
		},
		"empty cells": {",\n\"\",\n", true, [][]string{{"", ""}, {"", ""}}, "1:1 1:2 2:1 2:4"},
	} {
		got, places, err := read(c.text, c.lenient)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.places, strings.Join(places, " "), name)
	}
}

func TestReadNeverHidesRows(t *testing.T) {
	t.Parallel()
	cp949, err := korean.EUCKR.NewEncoder().String("가,나\n치과,가기\n")
	require.NoError(t, err)
	for _, c := range []struct {
		text    string
		lenient bool
		want    string
	}{
		{"a,b\n\"never closed,1\nx,2\n", true, `t.csv:2:1: the record can't be read: extraneous or missing "`},
		{"a,b\n\"open,1\nwhat is \"2+2\",4\n", true, `t.csv:3:9: the record can't be read: extraneous or missing "`},
		{"a,b\n\"open,1\n\"x\",4\n", true, `t.csv:3:1: the record can't be read: extraneous or missing "`},
		{"a,b\n\"Hello\" she said,1\n", false, `t.csv:2:7: the record can't be read: extraneous or missing "`},
		{"a,b\nHe said \"x\",1\n", false, `t.csv:2:9: the record can't be read: bare " in non-quoted`},
		{cp949, true, "t.csv:1:1: the file is not UTF-8 but probably CP949 (EUC-KR) (save it as UTF-8"},
		{"a,b\n1,caf\xe9 x\n", true, "t.csv:2:3: the field is not UTF-8 (save the table as CSV UTF-8)"},
		{"a,b\n1,x\x00\n", true, "t.csv:1:1: the file is no text: it has zero bytes"},
		{"version https://git-lfs.github.com/spec/v1\n", true, "t.csv:1:1: the file is a pointer of Git LFS (fetch it"},
	} {
		_, _, err := read(c.text, c.lenient)
		var p problem.Problem
		require.ErrorAs(t, err, &p, c.text)
		require.Contains(t, p.Error(), c.want)
	}
	_, _, err = read("a\n\""+strings.Repeat("x\n", 9<<20), true)
	require.ErrorContains(t, err, "the record is longer than 16 MiB")
}

func FuzzRead(f *testing.F) {
	f.Add("a,b\n\"1\n2\",\"\"\"x\"\n", true)
	f.Add("sep=;\r\na;b\n", false)
	f.Add("a\tb\n\"x\" y\t\"z\n", true)
	f.Fuzz(func(t *testing.T, text string, isLenient bool) {
		records, places, err := read(text, isLenient)
		cells := 0
		for _, r := range records {
			require.NotEmpty(t, r)
			cells += len(r)
		}
		require.Len(t, places, cells)
		if err != nil {
			require.NotEmpty(t, err.Error())
		}
	})
}
