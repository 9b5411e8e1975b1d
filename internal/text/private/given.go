package private

import "strings"

// alternatives makes a part of a pattern of words.
func alternatives(words string) string { return `(?:` + strings.Join(strings.Fields(words), "|") + `)` }

// koreanGiven are common given names of two syllables. Words of everyday language are left out.
const koreanGiven = `
민준 서준 도윤 예준 시우 하준 주원 지호 지후 준우 준서 도현 건우 현우 우진 선우 서진 연우 유준 정우 승우 승현 준혁 지훈 은우 시윤 이준 민재 현준 윤우 지환 승민 유찬
민성 준영 시후 진우 지원 수호 재윤 시현 동현 민규 재원 한결 태윤 지우 은찬 윤호 서연 서윤 서현 하은 하윤 민서 지유 윤서 채원 수아 지민 지아 지윤 은서 다은 예은 수빈
소율 예린 지안 소윤 예원 유진 시은 채은 윤아 유나 가은 서영 민지 예나 수민 수현 다인 연서 서우 아린 하린 서하 나은 소은 예서 유주 시아 다현 하영 채윤 은채 나연 수연
지현 지은 지영 지혜 은지 은정 은영 은주 은경 은희 은혜 미경 미영 미숙 미정 미선 미란 영희 영숙 영자 영미 영주 영은 영수 영호 영철 영진 영훈 영민 영식 영환 철수 철호
민수 민호 민우 민석 민정 민경 민아 민영 민희 정희 정숙 정민 정현 정훈 정호 정은 정아 정연 정윤 정미 성호 성수 성민 성훈 성진 성현 성우 상훈 상현 상우 상민 상호 상철
재현 재훈 재민 재호 재영 재석 재우 재혁 재성 동훈 동욱 동건 동수 동원 태현 태호 태훈 태민 태영 태우 준호 준영 준석 준현 준수 현수 현정 현주 현아 현지 현숙 현진 현석
현민 수진 수정 수경 수영 수지 수미 수인 순자 순희 순옥 경희 경숙 경미 경수 경호 경민 경아 혜진 혜원 혜영 혜정 혜경 혜림 혜인 유정 유미 유경 유리 소영 소연 소희 소현
소정 보람 보영 보미 하늘 하나 가영 가연 나영 나현 아영 아름 예지 예슬 예빈 예진 슬기 지연 지수 지숙 지선 지애 선영 선희 선미 선주 선아 윤정 윤희 윤주 윤지 윤경 윤미
윤석 윤성 병철 병호 병욱 용호 용수 용준 종현 종호 종민 종수 종훈 광수 광호 기현 기훈 기범 규현 규민 찬호 찬우 창민 창호 창현 창수 홍기 희철 희정 희진 희수 진호 진수
진영 진희 진아 진숙 인혜 인수 인호 인영 세영 세진 세훈 세희 세현 길동 꺽정 춘향 몽룡 말자 말숙 옥순 복자 명수 명호 명희 명숙 명자`

// englishGiven are common given names. Those that are words, months or places are left out.
const englishGiven = `
James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew
Anthony Steven Paul Andrew Joshua Kenneth Kevin Brian George Timothy Ronald Edward Jason Jeffrey
Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory
Alexander Patrick Dennis Jerry Tyler Aaron Jose Adam Nathan Henry Douglas Zachary Peter Kyle Noah
Ethan Jeremy Keith Roger Terry Sean Gerald Carl Dylan Harold Jesse Bryan Lawrence Arthur Gabriel
Bruce Logan Billy Albert Willie Alan Juan Elijah Wayne Vincent Ralph Roy Eugene Russell Bobby Mason
Philip Louis Oliver Liam Lucas Mateo Mike Tom Jim Bob Dave Steve Chris Dan Matt Tony Andy Josh Ken
Tim Jeff Greg Alex Ben Sam Joe Fred Ted Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica
Sarah Karen Lisa Nancy Betty Sandra Margaret Ashley Kimberly Emily Donna Michelle Carol Amanda
Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Dorothy Amy Kathleen Angela Shirley Emma
Brenda Pamela Nicole Anna Samantha Katherine Christine Helen Debra Rachel Carolyn Janet Maria
Catherine Heather Diane Olivia Julie Joyce Ruth Lauren Kelly Christina Joan Evelyn Judith Andrea
Hannah Megan Cheryl Jacqueline Martha Teresa Sara Janice Kathryn Abigail Sophia Isabella Alice Doris
Natalie Julia Judy Diana Denise Theresa Beverly Marie Kayla Alexis Lori Jane Kate Katie Beth Jenny
Sophie Chloe Mia Ava Zoe Lucy Ella Claire Ellen Eva Nora Mohammed Muhammad Ahmed Fatima Aisha Wei
Hiroshi Yuki Priya Raj Carlos Luis Miguel Pedro Diego Pierre Hans Klaus Ivan Olga Chen Ming Kenji
Sofia Camila Lucia Elena`
