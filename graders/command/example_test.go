package command_test

import (
	"context"
	"errors"
	"fmt"

	"promptbench/graders"
	"promptbench/graders/command"
	"promptbench/graders/reply"
)

func Example() {
	ctx := context.Background()
	g, err := command.New(
		command.Options{Name: "tone", Run: []string{"python3", "grade.py"}, Dir: "../../docs/examples/graders/python"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, err := g.Grade(
		ctx, graders.Sample{Reply: reply.Reply{Format: reply.JSON, Type: "answer", Items: []string{"병원 예약하기", "지갑"}}},
	)
	if err := errors.Join(err, g.Close()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*scores[0].Value, scores[0].Reason, g.Spec().Says)
}
