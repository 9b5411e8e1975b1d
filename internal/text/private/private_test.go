package private

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	r := New()
	for text, want := range map[string]string{
		"kim.minsu+a@example.co.kr로 보내기":                                      "[email]로 보내기",
		"ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ 으로":                                                  "[email] 으로",
		"kim 골뱅이 naver.com":                                                   "[email]",
		"kim(at)example[dot]com":                                              "[email]",
		"010-1234-5678 010-8765-4321로 전화":                                     "[phone] [phone]로 전화",
		"tel01012345678":                                                      "tel[phone]",
		"０１０－１２３４－５６７８":                                                       "[phone]",
		"010\u200b-1234-\u200b5678":                                           "[phone]",
		"+82 10 1234 5678, (02) 123-4567, 031.123.4567":                       "[phone], [phone], [phone]",
		"call +1 (415) 555-0132 or 415-555-0132":                              "call [phone] or [phone]",
		"+49 30 901820":                                                       "[phone]",
		"공일공 일이삼사 오육칠팔":                                                       "[phone]",
		"900101-1234567":                                                      "[id]",
		"9001011234567 조회":                                                    "[id] 조회",
		"면허 11-22-123456-78":                                                  "면허 [id]",
		"SSN 078-05-1120, NINO QQ 12 34 56 C":                                 "SSN [id], NINO QQ 12 34 56 C",
		"AB 12 34 56 C":                                                       "[id]",
		"여권번호: M12345678":                                                     "여권번호: [id]",
		"11010519491231002X":                                                  "[id]",
		"카드 4111 1111 1111 1111 12/27":                                        "카드 [card] 12/27",
		"4111-1111-1111-1112, 4111111111111112":                               "[card], 4111111111111112", // no valid check digit
		"Alice한테 선물, Bob의 책":                                                  "[name]한테 선물, [name]의 책",
		"John Smith와 회의, glpat-abcdefghijklmnopqrst":                          "[name]와 회의, [key]",
		"신한 110-123-456789":                                                   "신한 [account]",
		"최가람입니다. 예약이요":                                                        "[name]입니다. 예약이요",
		"378282246310005":                                                     "[card]",
		"GB82 WEST 1234 5698 7654 32":                                         "[iban]",
		"국민은행 123456-01-123456로 송금":                                           "국민은행 [account]로 송금",
		"키는 sk-proj-abcdefgh12345678야":                                        "키는 [key]야",
		"AKIAIOSFODNN7EXAMPLE":                                                "[key]",
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY":                            "[key]",
		"ghp_0123456789abcdefghij!":                                           "[key]!",
		"eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2QT4":                        "[key]",
		"5f4dcc3b5aa765d61d8327deb882cf99":                                    "[key]",
		"550e8400-e29b-41d4-a716-446655440000":                                "[key]",
		"password: hunter2!, 비밀번호는 qwer1234야":                                 "password: [password], 비밀번호는 [password]야",
		"Authorization: Basic dXNlcjpwYXNz":                                   "Authorization: [password]",
		"postgres://admin:s3cret@db/app":                                      "postgres://[password]@db/app",
		"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----": "[key]",
		"안녕하세요, 김민수입니다. 내일 병원":                                                "안녕하세요, [name]입니다. 내일 병원",
		"저는 박지원이라고 합니다":                                                       "저는 [name]이라고 합니다",
		"제 이름은 남궁민수예요":                                                        "제 이름은 [name]예요",
		"이영희님께 전화하기":                                                          "[name]님께 전화하기",
		"이름: 김민수, 날짜: 금요일":                                                    "이름: [name], 날짜: 금요일",
		"감사합니다.\n홍길동 드림":                                                      "감사합니다.\n[name] 드림",
		"Hi, I'm John Smith, call me":                                         "Hi, I'm [name], call me",
		"my name is anna":                                                     "my name is [name]",
		"Dear Ms. O'Neil,":                                                    "Dear Ms. [name],",
		"김민수에게 보고서 보내기":                                                       "[name]에게 보고서 보내기",
		"제갈공명한테 편지":                                                           "[name]한테 편지",
		"수진이한테 생일 선물":                                                         "[name]이한테 생일 선물",
		"담당자: 박서준, 금요일 회의":                                                    "담당자: [name], 금요일 회의",
		"박서준이랑 저녁":                                                            "[name]이랑 저녁",
		"Email Sarah Kim about the budget":                                    "Email [name] about the budget",
		"Lunch with Daniel, and Emily's gift":                                 "Lunch with [name], and [name]'s gift",
		"Best regards,\nJane Doe":                                             "Best regards,\n[name]",
	} {
		got, found := r.Redact(text)
		require.Equal(t, want, got, text)
		require.Equal(t, want != text, found != nil, text)
		again, _ := r.Redact(got)
		require.Equal(t, got, again, "redacted twice: %s", text)
	}
}

// What is not private stays as it is, widths and all.
func TestRedactLeavesTheRest(t *testing.T) {
	t.Parallel()
	r := New()
	for _, text := range []string{
		"내일 오전 10시에 치과 가기", "2026-11-23 10:30 회의", "금요일까지 ＡＢＣ 보고서 제출 📄", "파이썬 스크립트 짜줘",
		"저는 변호사입니다", "고객님께 답장", "비밀번호는 어떻게 바꾸나요?", "password reset 요청", "Hello World 출력",
		"token 사용량 줄이기", "우유 1000ml 2개 3,500원", "은행 2026-11-23 10시 예약", "이사 준비하기", "안녕하세요", "강아지한테 약 먹이기", "선생님께 전화", "기획팀에게 공유", "친구한테 선물",
		"이미지 수정하기", "정리하고 청소하기", "지원서 쓰기", "수영 가기", "Call the bank", "Read Ruby guide", "우리 집 청소",
		"ISO-8601 형식", "https://example.com/docs/guide.html 읽기", "internationalization 공부", "e@", "",
	} {
		got, found := r.Redact(text)
		require.Equal(t, text, got)
		require.Nil(t, found)
	}
	require.Equal(t, "   로 보내기", r.Unmarked("[email] [phone]로 보내기"))
}

func TestRulesHaveNamesAndWords(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/cases.md")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, rule := range Rules() {
		require.Contains(t, string(page), "| `"+rule.Mark()+"` | "+rule.Finds+" |")
		require.NotEmpty(t, rule.Finds)
		require.False(t, seen[rule.Name], rule.Name)
		seen[rule.Name] = true
	}
}

// A text of any bytes is redacted without a panic, and what is redacted is stable.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{"kim@example.com", "\xff010-1234-5678", "[email", strings.Repeat("4", 40), "이름: ＫＩＭ\u200b"} {
		f.Add(seed)
	}
	r := New()
	f.Fuzz(func(t *testing.T, text string) {
		got, found := r.Redact(text)
		if found == nil {
			require.Equal(t, text, got)
		}
	})
}
