// Package traffic makes exports of what users typed, with known secrets, near copies and examples of prompts in
// them, so that a test can tell what was found of them.
package traffic

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Plant is what is in an export.
type Plant struct {
	Secrets  []string    // that must not be in a proposal
	Distinct []string    // inputs without secrets that are far from each other
	Copies   [][2]string // a distinct input, and a near copy of it
	Shown    []string    // inputs that repeat an example but for case, spaces and the end
}

// A Mix is how many lines of each kind an export has. All that remain are distinct inputs.
type Mix struct {
	Lines, Secrets, Copies, Shown int
	Examples                      []string // that prompts show
}

// Write writes an export of Langfuse's observations as JSON Lines
// (https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields). The same mix and seed give
// the same bytes.
func Write(w io.Writer, m Mix, seed uint64) (Plant, error) {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)), seen: map[string]bool{}}
	var plant Plant
	var inputs []string
	for range m.Lines - m.Secrets - m.Copies - m.Shown {
		plant.Distinct = append(plant.Distinct, g.distinct())
	}
	inputs = append(inputs, plant.Distinct...)
	for range m.Copies {
		of := plant.Distinct[g.r.IntN(len(plant.Distinct))]
		plant.Copies = append(plant.Copies, [2]string{of, g.nearCopy(of)})
		inputs = append(inputs, plant.Copies[len(plant.Copies)-1][1])
	}
	for range m.Secrets {
		text, secret := g.withSecret()
		plant.Secrets = append(plant.Secrets, secret)
		inputs = append(inputs, text)
	}
	for range m.Shown {
		example := m.Examples[g.r.IntN(len(m.Examples))]
		plant.Shown = append(plant.Shown, strings.ToUpper(example)+g.pick("", " ", "!", "…"))
		inputs = append(inputs, plant.Shown[len(plant.Shown)-1])
	}
	g.r.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, input := range inputs {
		if err := enc.Encode(map[string]any{
			"id": g.hex(16), "trace_id": g.hex(32), "type": "GENERATION", "name": "chat",
			"start_time": start.Add(time.Duration(i) * time.Minute).Format("2006-01-02 15:04:05.000000"),
			"input": map[string]any{"messages": []any{
				map[string]any{"role": "system", "content": "할 일을 나눕니다."}, map[string]any{"role": "user", "content": input},
			}},
			"output": "…",
		}); err != nil {
			return plant, fmt.Errorf("writing an export: %w", err)
		}
	}
	return plant, nil
}

type generator struct {
	r    *rand.Rand
	seen map[string]bool
}

func (g *generator) pick(of ...string) string { return of[g.r.IntN(len(of))] }

func (g *generator) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + g.r.IntN(10)))
	}
	return b.String()
}

func (g *generator) hex(n int) string { return g.from("0123456789abcdef", n) }

func (g *generator) from(letters string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(letters[g.r.IntN(len(letters))])
	}
	return b.String()
}

// distinct makes an input of four words or more that no other has in this order.
func (g *generator) distinct() string {
	for {
		var words []string
		if g.r.IntN(4) == 0 {
			words = []string{
				g.pick(strings.Fields(englishVerbs)...), g.pick(strings.Fields(englishThings)...), "and",
				g.pick(strings.Fields(englishThings)...), g.pick("today", "tomorrow", "on Friday", "before lunch", "next week"),
			}
		} else {
			words = []string{
				g.pick(strings.Fields(koreanTimes)...), g.pick(strings.Fields(koreanPlaces)...) + "에서",
				g.pick(strings.Fields(koreanThings)...), g.pick(strings.Fields(koreanThings)...) + "까지",
				g.pick(strings.Fields(koreanVerbs)...),
			}
		}
		if text := strings.Join(words, " "); !g.seen[text] {
			g.seen[text] = true
			return text
		}
	}
}

// nearCopy makes a slip of the finger, another spacing, or another end.
func (g *generator) nearCopy(text string) string {
	runes := []rune(text)
	at := 1 + g.r.IntN(len(runes)-2)
	switch g.r.IntN(6) {
	case 0:
		return text + g.pick("!!", "...", " ㅎㅎ", "~", " 😊")
	case 1:
		return strings.ReplaceAll(text, " ", "")
	case 2:
		return strings.ToUpper(text) + "."
	case 3: // a letter twice
		return string(slices.Insert(slices.Clone(runes), at, runes[at]))
	case 4: // a letter less
		return string(slices.Delete(slices.Clone(runes), at, at+1))
	}
	runes[at], runes[at+1] = runes[at+1], runes[at] // two the wrong way round
	return string(runes)
}

const (
	koreanTimes = `오늘 내일 모레 글피 월요일 화요일 수요일 목요일 금요일 토요일 일요일 주말 새벽 아침 점심 저녁 밤 이번주 다음주
월말 연말 여름 겨울 오전 오후 정오 자정 퇴근후 출근전 방학 연휴`
	koreanPlaces = `도서관 우체국 병원 약국 학교 회사 공항 시장 마트 백화점 공원 헬스장 수영장 미용실 은행 카페 식당 극장 미술관
박물관 주민센터 세탁소 정비소 놀이터 캠핑장 바닷가 고향 기차역 터미널 체육관 사무실 강의실 실험실 편의점 서점 문구점
꽃집 빵집 정육점 철물점`
	koreanThings = `보고서 발표자료 여권 운동화 선물 케이크 화분 이력서 계약서 영수증 사진첩 노트북 자전거 우산 청소기 냉장고 김치찌개
도시락 반찬 기저귀 분유 처방전 안경 렌즈 교과서 문제집 숙제 피아노 기타연주 그림 블로그 동영상 회의록 견적서
세금계산서 관리비 보험료 월세 자동차 타이어 엔진오일 세차 빨래 이불 커튼 책상 의자 장난감 생수 쌀 과일 채소 고기
생선 커피원두 와인 맥주안주 떡볶이 만두`
	koreanVerbs = `챙기기 맡기기 고치기 사오기 주문하기 예약하기 취소하기 정리하기 버리기 옮기기 빌리기 돌려주기 확인하기 제출하기
찾아오기 만들기 나누기 포장하기 설치하기 신청하기 갱신하기 비교하기 배우기 연습하기 준비하기`
	englishVerbs = `Finish Review Order Cancel Book Clean Repair Return Collect Print Translate Plan Write Update
Compare Sort Pack Paint Measure Borrow Renew Replace Record Draft`
	englishThings = `report passport invoice garden bicycle kitchen presentation newsletter laptop contract curtains
homework aquarium guitar medication recycling wardrobe calendar spreadsheet budget birthday luggage
notebook prescription thermostat podcast sandwich umbrella mortgage telescope`
)
