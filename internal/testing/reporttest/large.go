package reporttest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// Large is a run of so many cases whose inputs and replies are as long and as varied as real ones: Korean words drawn
// at random, the same for a name and a number of cases.
func Large(name string, cases int) *runfile.Run {
	run := Run(name, 0)
	words := strings.Fields(`내일 오전 오후 저녁 치과 병원 예약 전화 확인 준비물 챙기기 회의 자료 정리 보고서 초안 검토 제출 친구 약속 장소
		정하기 식당 고르기 가족 여행 기차표 숙소 비교 예산 세우기 운동 가방 수건 헬스장 등록 장보기 목록 우유 달걀 과일 세탁 청소 분리수거
		생일 선물 포장 편지 쓰기 은행 이체 공과금 납부 보험 서류 발급 사진 인화 강아지 산책 사료 주문 도서관 책 반납 빌리기 시험 공부 계획`)
	inputs, replies := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(2, uint64(len(name)+int(name[len(name)-1]))))
	text := func(r *rand.Rand, n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = words[r.IntN(len(words))]
		}
		return strings.Join(list, " ")
	}
	types := []string{"answer", "question", "invalid"}
	for i := range cases {
		expected := types[i%len(types)]
		c := runfile.Case{
			Case: fmt.Sprintf("case-%05d", i), Input: text(inputs, 4+inputs.IntN(10)), Expect: graders.Expect{Type: expected},
			Tags: []string{words[i%23], words[23+i%19]}, InputHash: fmt.Sprint(i), Note: "A made-up case.",
		}
		said := expected
		if replies.IntN(3) == 0 {
			said = types[replies.IntN(len(types))]
		}
		call, trial := Answer(c, fmt.Sprintf("%s %d", said, 1+replies.IntN(4)), At(22, i%24))
		call.LatencyMS, call.Usage.OutputTokens = int64(500+replies.IntN(4000)), 40+replies.IntN(120)
		var content []string
		for k := range trial.Read.Items {
			trial.Read.Items[k] = text(replies, 3+replies.IntN(5))
			content = append(content, fmt.Sprintf(`{"subtodoNumber": %d, "subtodoContent": %q}`, k+1, trial.Read.Items[k]))
		}
		call.Reply = fmt.Sprintf(
			`{"thinking": %q, "subtodos": {"type": %q, "content": [%s]}}`, text(replies, 8), said, strings.Join(content, ", "),
		)
		run.Cases, run.Calls, run.Trials = append(run.Cases, c), append(run.Calls, call), append(run.Trials, trial)
	}
	run.Sort()
	return run
}
