package reply_test

import (
	"fmt"

	"promptbench/graders/reply"
)

func ExampleNewReader() {
	_, err := reply.NewReader(reply.Rules{
		Types: []string{"answer", "question", "invalid"},
		XML:   reply.XMLRules{Type: "//subtodos[", Items: "//subtodos"},
	})
	fmt.Println(err != nil)
	// Output: true
}

func ExampleReader_Read() {
	reader, err := reply.NewReader(reply.Rules{
		Types: []string{"answer", "question", "invalid"},
		JSON:  reply.JSONRules{Type: "$.subtodos.type", Items: "$.subtodos.content[*].subtodoContent"},
		XML:   reply.XMLRules{Type: "//subtodos/@type", Items: "//subtodos"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := reader.Read("네, 나눠 볼게요.\n<subtodos type=‘answer’>\n1. 치과 예약하기\n2. 10시에 출발하기\n</subtodos>", "", reply.XML)
	fmt.Println(r.Type)
	for _, item := range r.Items {
		fmt.Println("-", item)
	}
	for _, d := range r.Defects {
		fmt.Println(d.Severity(), d.Code)
	}
	// Output:
	// answer
	// - 치과 예약하기
	// - 10시에 출발하기
	// inside quotes
	// around prose_before
}
