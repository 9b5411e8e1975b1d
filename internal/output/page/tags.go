package page

import (
	"fmt"
	"slices"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/verdict/compare"
)

// A tagTable has a row for each tag in which something moved, and a column for each grader.
type tagTable struct {
	Graders []string
	Rows    []tagRow
}

type tagRow struct {
	Tag   string
	Cells []tagCell
}

// A tagCell is one slice. Sure says that p, corrected for their number, is small.
type tagCell struct {
	Delta, CI, Counts string
	Way               string // "rise", "fall" or ""
	Sure              bool
}

func tagsOf(list []compare.Slice) tagTable {
	var t tagTable
	at := map[string]int{}
	var names []string
	for _, s := range list {
		if !slices.Contains(names, s.Grader) {
			names = append(names, s.Grader)
			t.Graders = append(t.Graders, textsafe.Cell(s.Grader))
		}
	}
	for _, s := range list {
		i, ok := at[s.Tag]
		if !ok {
			i = len(t.Rows)
			at[s.Tag] = i
			t.Rows = append(t.Rows, tagRow{Tag: textsafe.Cell(s.Tag), Cells: make([]tagCell, len(names))})
		}
		t.Rows[i].Cells[slices.Index(names, s.Grader)] = tagCellOf(s)
	}
	t.Rows = slices.DeleteFunc(t.Rows, func(r tagRow) bool {
		return !slices.ContainsFunc(r.Cells, func(c tagCell) bool { return c.Way != "" })
	})
	return t
}

func tagCellOf(s compare.Slice) tagCell {
	c := tagCell{
		Delta: phrase.Signed(s.Delta), CI: phrase.Between(s.CI, true),
		Counts: fmt.Sprintf("%d of %d rose, %d fell", s.Better, s.Units, s.Worse),
	}
	if s.P != nil {
		c.Counts += ", " + compare.P(*s.P)
		c.Sure = *s.P < 0.05
	}
	switch {
	case s.Delta == nil || s.CI == nil || s.Better+s.Worse == 0:
	case *s.Delta > 0:
		c.Way = "rise"
	case *s.Delta < 0:
		c.Way = "fall"
	}
	return c
}
