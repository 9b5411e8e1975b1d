package private

import (
	"slices"
	"strings"
	"unicode"
)

// The parts of patterns for names. A Korean one is a family name and one or two syllables.
const (
	family = `(?:남궁|황보|제갈|선우|독고|사공|서문|` +
		`[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용])`
	korean  = family + `[가-힣]{1,2}?`
	before  = `(?:^|[^가-힣])` // a word begins
	after   = `(?:[^가-힣]|$)` // a word ends
	being   = `(?:입니다|이에요|예요|에요|이라고|라고|인데|이고|이야|이며|이라|임\b)`
	english = `\p{Lu}[\p{Latin}'’-]*(?: \p{Lu}[\p{Latin}'’.-]*){0,2}`

	// What follows a name, and what follows nothing but a person.
	behind = `(?:[^가-힣]|$|[은는이가을를의께과와랑도만님씨군양]|에게|한테|이랑|하고|보고|더러|` +
		`대리|과장|차장|부장|팀장|사원|교수|선생|원장|사장|이사|대표|매니저)`
	toward  = `(?:에게|한테|께)`
	towards = `with|from|to|for|call|email|e-mail|text|message|meet|meeting|ask|tell|remind|contact|` +
		`invite|pay|visit|see|help|thank|and`
)

// names finds the words in the places of a name, and common names anywhere. Titles and kinds of people stay.
func names() func(string) [][2]int {
	given, first := alternatives(koreanGiven), alternatives(englishGiven)
	isHangul := func(r rune) bool { return unicode.Is(unicode.Hangul, r) }
	return anyOf(
		where(isHangul, only(anyOf(
			pattern(before+`이름[은이]? ?[:：]? ?(`+korean+`)(?:`+being+`|`+after+`)`, 1),
			pattern(before+`(?:저는|나는|전|난|안녕하세요|안녕|여기는|담당자)[,.!~ ]+(`+korean+`)`+being, 1),
			pattern(before+`(`+family+`[가-힣]{2}) ?[님씨](?:[^가-힣]|[은는이가을를의께과와도만]|에게|한테|입니다|$)`, 1),
			pattern(before+`(`+korean+`) ?(?:드림|올림|배상)`+after, 1),
		), isName)),
		where(isHangul, anyOf(
			only(pattern(before+`(`+family+`[가-힣]{2})(?:`+toward+`|입니다|이에요|예요|이라고 합니다|라고 합니다)`, 1), isPersonOrName),
			pattern(before+`(`+family+given+`)`+behind, 1),
			pattern(before+`(`+given+`)이?(?:`+toward+`|씨)`, 1),
		)),
		where(unicode.IsUpper, only(anyOf(
			pattern(`(?i:\bi am|\bi'm|\bi’m|\bthis is|\bcall me)\s+(`+english+`)`, 1),
			pattern(`\b(?i:dear|hi|hello|hey|attn:?)[, ]\s*(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?(`+english+`)`, 1),
			pattern(`\b(?:Mr|Mrs|Ms|Dr|Prof)\.? (`+english+`)`, 1),
			pattern(`(?i:regards|sincerely|best|thanks|thank you|cheers|yours),?\s*\n\s*(?:- ?)?(`+english+`)`, 1),
		), isName)),
		where(unicode.IsUpper, anyOf(
			pattern(`\b(`+first+`(?: \p{Lu}\.?)? \p{Lu}[\p{Latin}'’-]+)`, 1),
			pattern(`\b(?i:`+towards+`) (`+first+`)\b`, 1),
			pattern(`\b(`+first+`)(?:['’]s\b|에게|한테|이?랑|[님씨의과와] ?)`, 1),
		)),
		only(anyOf(
			pattern(`(?i:이름|성명|성함|예금주|수취인|담당자|\bname)["']?\s*[:：=]\s*["']?([\p{L}][\p{L}'’. -]{0,40}[\p{L}.])`, 1),
			pattern(`(?i:\bmy name is|\bmy name's)\s+(`+english+`|[\p{Latin}'’-]+)`, 1),
		), isName),
	)
}

func isName(found string) bool {
	first, _, _ := strings.Cut(strings.TrimRight(found, "."), " ")
	return !slices.Contains(strings.Fields(noNames), first)
}

// isPersonOrName reports whether three syllables in front of 에게 are a name: not a group, an office or a kind of
// person.
func isPersonOrName(found string) bool {
	const ends = "팀님들원자부인장생반사관과국처단실측회객수"
	last := []rune(found)
	return isName(found) && !strings.ContainsRune(ends, last[len(last)-1])
}

// noNames are words in the places of names that are none.
const noNames = `한국인 변호사 공무원 유학생 신입생 연구원 전문가 소방관 조종사 이민자 고등학생 조교수 유권자 선배 후배 고객 미정 없음
변리사 이용자 신청자 지원자 고용주 주치의 임산부 강아지 고양이 이모네 고모네 우리 여러분 나머지 전문의 조부모 양부모 지도부
World There Everyone All Team Sir Madam Folks Korean American Claude I I'm I’m I'd I’d
ChatGPT Siri Bixby Gemini The A An Not Mom Dad Mr Mrs Ms Dr Prof`
