package traffic

import "fmt"

// withSecret makes an input with something private in it, and returns that as well.
func (g *generator) withSecret() (text, secret string) {
	kinds := []func() (string, string){
		g.name, g.email, g.phone, g.card, g.resident, g.key, g.password, g.account, g.englishName,
	}
	return kinds[g.r.IntN(len(kinds))]()
}

// name makes a name of syllables that no list has together.
func (g *generator) name() (text, secret string) {
	name := g.pick("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권") +
		g.pick("가", "나", "다", "라", "보", "소", "하", "휘", "려", "루") +
		g.pick("온", "빛", "별", "람", "솔", "결", "겸", "율", "담", "봄")
	return fmt.Sprintf(g.pick(
		"내일 %s 님께 전화하기", "안녕하세요, %s입니다. 예약 확인", "%s씨한테 책 돌려주기", "제 이름은 %s이고 병원에 가야 해요",
		"%s에게 선물 보내기",
		"담당자: %s, 회의 준비", "감사합니다. %s 드림", "수취인: %s", "저는 %s이라고 합니다. 이사 도와줘",
	), name), name
}

func (g *generator) englishName() (text, secret string) {
	name := g.pick("James", "Sarah", "Daniel", "Emily", "Priya", "Kevin") + " " +
		g.pick("Okafor", "Lindqvist", "Nakamura", "O'Neil", "Van")
	return fmt.Sprintf(g.pick(
		"Call %s about the venue", "My name is %s, plan my week", "Dear %s, see the draft", "Lunch with %s on Friday",
	), name), name
}

func (g *generator) email() (text, secret string) {
	email := g.from("abcdefghijklmnopqrstuvwxyz", 6) + g.pick("", ".", "_", "+x") + g.digits(2) + "@" +
		g.pick("example.com", "mail.example.co.kr", "naver.com", "gmail.com")
	return fmt.Sprintf(g.pick("%s로 견적서 보내기", "Send the draft to %s", "메일(%s) 확인하기", "%s"+" 계정 정리"), email), email
}

func (g *generator) phone() (text, secret string) {
	phone := fmt.Sprintf(g.pick("010-%s-%s", "010%s%s", "010 %s %s", "+82 10-%s-%s", "+8210%s%s", "02-%s-%s", "031.%s.%s"),
		"5"+g.digits(3), g.digits(4))
	return fmt.Sprintf(g.pick("%s로 예약 전화", "치과(%s)에 전화하기", "Call %s tomorrow", "연락처 %s 저장"), phone), phone
}

// card makes a card number with a valid check digit (ISO/IEC 7812).
func (g *generator) card() (text, secret string) {
	digits := g.pick("4", "51", "55", "36", "62")
	digits += g.digits(15 - len(digits))
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	digits += fmt.Sprint((10 - sum%10) % 10)
	if g.r.IntN(2) == 0 {
		sign := g.pick("-", " ")
		digits = digits[:4] + sign + digits[4:8] + sign + digits[8:12] + sign + digits[12:]
	}
	return fmt.Sprintf(g.pick("카드 %s 해지하기", "%s로 결제해줘", "Cancel my card %s"), digits), digits
}

func (g *generator) resident() (text, secret string) {
	number := fmt.Sprintf("%02d%02d%02d%s%d%s",
		g.r.IntN(100), 1+g.r.IntN(12), 1+g.r.IntN(28), g.pick("-", ""), 1+g.r.IntN(4), g.digits(6))
	return fmt.Sprintf(g.pick("주민번호 %s로 서류 떼기", "%s 등본 신청", "건강검진 예약 (%s)"), number), number
}

func (g *generator) key() (text, secret string) {
	const mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	key := g.pick("sk-", "sk-proj-", "ghp_", "AKIA", "xoxb-", "hf_", "AIza", "") + g.from(mixed, 40)
	return fmt.Sprintf(g.pick("키 %s 넣고 배포하기", "Deploy with %s today", "%s 이 키 폐기하기", "export KEY=%s 실행"), key), key
}

func (g *generator) password() (text, secret string) {
	password := g.from("abcdefghjkmnpqrstuvwxyz", 5) + g.digits(3) + g.pick("!", "#", "")
	return fmt.Sprintf(g.pick("비밀번호는 %s 기억하기", "password: %s", "와이파이 비번 %s 적어두기"), password), password
}

func (g *generator) account() (text, secret string) {
	account := g.digits(6) + "-" + g.digits(2) + "-" + g.digits(6)
	return fmt.Sprintf(g.pick("국민은행 %s로 월세 보내기", "계좌번호 %s 입금 확인"), account), account
}
