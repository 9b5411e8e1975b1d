package page

import "golang.org/x/text/language"

// A Language is one that the pages to label speak.
type Language string

// The languages.
const (
	English Language = "en"
	Korean  Language = "ko"
)

// LanguageOf returns the language for a browser, by its Accept-Language header.
func LanguageOf(accept string) Language {
	_, i := language.MatchStrings(language.NewMatcher([]language.Tag{language.English, language.Korean}), accept)
	return []Language{English, Korean}[i]
}

// labelWords are the sentences of the pages to label, in one language.
type labelWords struct {
	Replies, Agreement                     string // pages
	Progress, Drawn, Useful                string
	Input, Reply, ReadAs, Note, NoteHint   string
	Yes, No, Unsure, Undo                  string
	YesKey, NoKey                          string // what an option of a scale counts as
	ToUseful, ToOrder                      string
	AllDone, NothingTells, Kept, Unsaved   string
	Criterion, Pair, Both, Same, Kappa     string
	OnePerson, Differ, NoDiffer, HowToRead string
	Undefined                              string

	Cases, CaseProgress, AllCasesDone     string // proposed cases
	Type, Range, AtLeast, AtMost, RangeIs string
	Save, Drop                            string
}

func wordsOf(l Language) labelWords {
	if l == Korean {
		return labelWords{
			Replies: "답변", Agreement: "일치도",
			Progress: "질문 %d / %d", Drawn: "무작위로 뽑음", Useful: "가장 도움이 되는 질문",
			Input: "사용자 입력", Reply: "답변", ReadAs: "읽은 결과",
			Note: "메모(선택)", NoteHint: "C로 메모를 시작하고 Esc로 나옵니다. 답할 때 함께 저장됩니다.",
			Yes: "예", No: "아니요", Unsure: "모르겠음", Undo: "되돌리기", YesKey: "예", NoKey: "아니요",
			ToUseful: "가장 도움이 되는 질문부터", ToOrder: "무작위 순서로",
			AllDone:      "모든 질문에 답했습니다.",
			NothingTells: "구간을 더 좁힐 질문이 없습니다. 무작위 순서에는 질문이 남아 있을 수 있습니다.",
			Kept:         "%s의 라벨은 %s 파일에 추가됩니다.",
			Unsaved: "저장하지 못했습니다. promptbench가 꺼졌다면 다시 시작하고 새 주소를 여세요. " +
				"이전 답은 모두 저장되어 있습니다.",
			Criterion: "기준", Pair: "라벨러", Both: "둘 다 라벨링", Same: "같은 답", Kappa: "카파(95% 구간)",
			OnePerson: "아직 두 사람이 함께 라벨링한 것이 없습니다. 다른 사람이 --label에 자기 이름을 주고 라벨링하면 여기에 일치도가 나옵니다.",
			Differ:    "답이 갈린 질문", NoDiffer: "내가 답한 질문 중에는 답이 갈린 것이 없습니다.",
			HowToRead: "카파는 우연을 넘는 일치를 나타냅니다. 0은 우연과 같은 정도, 1은 완전한 일치입니다. ‘모르겠음’은 세지 않습니다.",
			Undefined: "정의되지 않음",

			Cases: "제안된 케이스", CaseProgress: "케이스 %d / %d", AllCasesDone: "모든 케이스에 라벨이 있습니다.",
			Type: "어떤 유형의 답변이 나와야 하나요?", Range: "항목 수(선택)", AtLeast: "최소", AtMost: "최대",
			RangeIs: "비워 두면 유형의 범위를 씁니다.", Save: "저장", Drop: "케이스로 쓰지 않음",
		}
	}
	return labelWords{
		Replies: "Replies", Agreement: "Agreement",
		Progress: "Question %d of %d", Drawn: "drawn at random", Useful: "next most useful",
		Input: "Input", Reply: "Reply", ReadAs: "Read as",
		Note: "Note (optional)", NoteHint: "C starts a note, Esc leaves it. It is saved with the answer.",
		Yes: "Yes", No: "No", Unsure: "Can’t tell", Undo: "Undo", YesKey: "yes", NoKey: "no",
		ToUseful: "Ask the most useful question next", ToOrder: "Ask in random order",
		AllDone:      "Every question is answered.",
		NothingTells: "No further question narrows an interval. The random order may have questions left.",
		Kept:         "The labels of %s are appended to %s.",
		Unsaved: "Not saved. If promptbench has ended, start it again and open its new address. " +
			"All earlier answers are kept.",
		Criterion: "criterion", Pair: "labellers", Both: "both labelled", Same: "same answer", Kappa: "kappa (95% interval)",
		OnePerson: "Nothing is labelled by two people yet. The agreement is shown here once somebody else labels " +
			"with --label and another name.",
		Differ: "Questions with different answers", NoDiffer: "No question that you answered has different answers.",
		HowToRead: "Kappa is the agreement beyond chance: 0 where it is chance, 1 where it is complete. " +
			"“Can’t tell” does not count.",
		Undefined: "undefined",

		Cases: "Proposed cases", CaseProgress: "Case %d of %d", AllCasesDone: "Every case is labelled.",
		Type: "Which type of reply do you expect?", Range: "Number of items (optional)",
		AtLeast: "at least", AtMost: "at most",
		RangeIs: "Without one, the range of the type counts.", Save: "Save", Drop: "Not a case",
	}
}
