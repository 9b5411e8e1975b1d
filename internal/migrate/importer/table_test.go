package importer_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"promptbench/internal/migrate/importer"
)

// imported returns the suite of a source, and what is said about it.
func imported(t *testing.T, files memory, source string, o importer.Options) (suite, notes, left string) {
	t.Helper()
	r, probs := importer.Import(files, source, o)
	require.NoError(t, probs.Err())
	for _, f := range r.Files {
		if f.Path == r.Suite {
			suite = string(f.Data)
		}
	}
	requireLoads(t, r, files)
	return suite, strings.Join(importer.Group(r.Notes), "\n"), strings.Join(importer.Group(r.Left), "\n")
}

func TestTables(t *testing.T) {
	t.Parallel()
	const input = "t.csv:1:1: the input is the column input\n"
	for name, c := range map[string]struct {
		table, column string
		suite         []string // texts that it has
		notes, left   string
	}{
		"the surest input": {
			table: "title,text,question,answer\nCats,Cats have fur.,Do cats?,yes\n",
			suite: []string{"input: Do cats?", "text: Cats have fur.", "equals: [\"yes\"]"},
			notes: "t.csv:1:12: the input is the column question; --input-column chooses another, such as text\n" +
				"t.csv:1:21: replies are compared with the column answer",
		},
		"a chosen input": {
			table: "prompt,Input,expected,label\nv1,x,y,z\n", column: "prompt",
			suite: []string{"input: v1", "Input: x", "label: z", "equals: [\"y\"]"},
			notes: "t.csv:1:14: replies are compared with the column expected",
		},
		"one column": {
			table: "문의\n언제 열어요?\n", suite: []string{"input: 언제 열어요?", "id: 언제-열어요"},
			notes: "t.csv:1:1: the input is the column 문의",
			left: "t.csv: no case has an assertion that can be carried over, so replies are held to not being empty " +
				"and nothing else",
		},
		"names of other scripts": {
			table: "입력,난이도,出典,정답\n안녕,쉬움,위키,네\n",
			suite: []string{"input: 안녕", "난이도: 쉬움", "出典: 위키", "equals: [네]"},
			notes: "t.csv:1:1: the input is the column 입력\nt.csv:1:11: replies are compared with the column 정답",
		},
		"colliding names": {
			table: "input,a b,a-b,a_b,a_b,,output\nx,1,2,3,4,5,y\n",
			suite: []string{"a_b: \"3\"", "a_b_2: \"1\"", "a_b_3: \"2\"", "a_b_4: \"4\""},
			notes: input + "t.csv:1:7: the column \"a b\" is the var a_b_2\nt.csv:1:11: the column \"a-b\" is the var a_b_3\n" +
				"t.csv:1:19: the column \"a_b\" is the var a_b_4\nt.csv:1:24: replies are compared with the column output",
			left: "t.csv:1:23: a column without a name is not carried over",
		},
		"ids and tags": {
			table: "id,input,tags,output\nQ 1,x,\"a;b c\",y\nq2,z,,y\nq2,w,,y\n,,,\n,v,,\n",
			suite: []string{"id: q-1", "id: q2\n", "id: q2-2", "id: v\n", "tags: [a, b, c]"},
			notes: "t.csv:1:4: the input is the column input\nt.csv:1:15: replies are compared with the column output\n" +
				"t.csv:2:1: the id \"Q 1\" is q-1\nt.csv:4:1: the id q2 is there already, so this case is q2-2",
		},
		"rows of other lengths": {
			table: "input;expected\na;b\nc\nd;e;\nf;g;h\n", suite: []string{"id: c\n", "equals: [e]"},
			notes: input + "t.csv:1:7: replies are compared with the column expected",
			left: "t.csv:3:1: the row has 1 cell, and the table 2 columns\n" +
				"t.csv:5:5: a cell beyond the columns is not carried over",
		},
		"a report of promptbench": {
			table: "run,prompt,model,case,trial,group,tags,input,expected_type,type,reply,case_type\n" +
				"r,v1,m,a,1,g,x y,'=1+1,answer,answer,R,1\nr,v1,m,a,2,g,x y,'=1+1,answer,question,R,0\n" +
				"r,v1,m,b,1,,,나,question,,,\n",
			suite: []string{
				"types: [answer, question]", "- case_type", "input: =1+1", "group: g", "type: answer", `tags: [x, "y"]`, "id: b",
			},
			notes: "t.csv: cases expect types of replies; write in the suite, under reply, where JSON or XML replies have " +
				"their type and items\nt.csv:1:1: the table is a report of promptbench: its cases are carried over, its " +
				"results are not\nt.csv:1:1: 1 row repeats a case, as trials and runs do\n" +
				"t.csv:1:40: the input is the column input",
		},
		"cases of promptbench": {
			table: "id,input,type,count_min,count_max,var:today\na,x,answer,1,3,월\n",
			suite: []string{"type: answer", "count:\n        min: 1\n        max: 3", "today: 월", "- subtodo_count"},
			notes: "t.csv: cases expect types of replies; write in the suite, under reply, where JSON or XML replies have " +
				"their type and items\nt.csv:1:4: the input is the column input",
		},
	} {
		suite, notes, left := imported(t, memory{"t.csv": []byte(c.table)}, "t.csv", importer.Options{Input: c.column})
		for _, text := range c.suite {
			require.Contains(t, suite, text, name)
		}
		require.Equal(t, c.notes, notes, name)
		require.Equal(t, c.left, left, name)
	}
	_, probs := importer.Import(memory{"t.csv": []byte("a,b\n1,2\n")}, "t.csv", importer.Options{})
	require.ErrorContains(t, probs, "no column of the table is the input (choose one with --input-column: a, b)")
	_, probs = importer.Import(memory{"t.csv": []byte("a,b\n1,2\n")}, "t.csv", importer.Options{Input: "c"})
	require.ErrorContains(t, probs, `the table has no column "c" (its columns: a, b)`)
}

// TestIDsStay adds rows before, between and behind others.
func TestIDsStay(t *testing.T) {
	t.Parallel()
	rows := []string{
		"Hello", "Hello!", "hello", "", "", "?", "!!", "안녕하세요 여러분", strings.Repeat("a long text ", 30) + "1",
		strings.Repeat("a long text ", 30) + "2",
	}
	for i := range 9 {
		rows = append(rows, fmt.Sprintf("row %d", i))
	}
	ids := func(inputs []string) map[string][]string {
		table := "input,expected\n" + strings.Join(inputs, ",y\n") + ",y\n"
		suite, _, _ := imported(t, memory{"t.csv": []byte(table)}, "t.csv", importer.Options{})
		out := map[string][]string{}
		for _, m := range regexp.MustCompile(`- id: (\S+)\n\s+input: (.+)\n`).FindAllStringSubmatch(suite, -1) {
			out[m[2]] = append(out[m[2]], m[1])
		}
		return out
	}
	before := ids(rows)
	require.Len(t, before, len(rows)-2)
	more := slices.Concat([]string{"first"}, rows[:5], []string{"Hello?", "between"}, rows[5:], []string{"last", "row 10"})
	after := ids(more)
	for input, id := range before {
		require.Equal(t, id, after[input], input)
	}
}

// TestEncodings imports sources as editors and spreadsheets save them.
func TestEncodings(t *testing.T) {
	t.Parallel()
	utf16 := func(b []byte) ([]byte, error) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(b)
	}
	mark := func(b []byte) ([]byte, error) { return append([]byte("\uFEFF"), b...), nil }
	for name, text := range map[string]string{
		"t.csv":   "id\tinput\texpected\na\t안녕\t네\n",
		"t.tsv":   "id\tinput\texpected\na\t안녕\t네\n",
		"t.jsonl": `{"id": "a", "input": "안녕", "ideal": "네"}` + "\n",
		"t.yaml":  "prompts: ['{{q}}']\ntests: [{description: a, vars: {q: 안녕}, assert: [{type: equals, value: 네}]}]\n",
	} {
		for _, encode := range []func([]byte) ([]byte, error){mark, utf16} {
			data, err := encode([]byte(text))
			require.NoError(t, err)
			suite, _, left := imported(t, memory{name: data}, name, importer.Options{})
			require.Contains(t, suite, "id: a\n", name)
			require.Contains(t, suite, "input: 안녕\n", name)
			require.Empty(t, left, name)
		}
		data, err := korean.EUCKR.NewEncoder().Bytes([]byte(text))
		require.NoError(t, err)
		_, probs := importer.Import(memory{name: data}, name, importer.Options{})
		require.ErrorContains(t, probs, "probably CP949 (EUC-KR)", name)
		_, probs = importer.Import(memory{name: []byte("version https://git-lfs.github.com/spec/v1\n")}, name, importer.Options{})
		require.ErrorContains(t, probs, "a pointer of Git LFS", name)
	}
}
