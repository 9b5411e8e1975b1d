package reporttest

import (
	"fmt"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// Attacks are texts that mean something to one of the formats, by the id of the case with the text. Pwned is what those
// that are code would set or call.
func Attacks() map[string]string {
	return map[string]string{
		"script":    `<script>window.pwned=1</script>`,
		"close":     `</script><script>window.pwned=1</script></style><style>*{display:none}</style>`,
		"image":     `<img src=x onerror="window.pwned=1"><svg/onload=window.pwned=1>`,
		"address":   `javascript:window.pwned=1 [click](javascript:window.pwned=1) <a href="javascript:window.pwned=1">x</a>`,
		"table":     "a | b || c\n| - | - |\n\n# heading\n- item\n***\n1. one",
		"fence":     "```\n~~~ ` `` \\` \\| \\",
		"mention":   `@octocat and @org/team, see #1, GH-1, https://evil.example/x and www.evil.example, a@evil.example`,
		"marks":     `*a* **b** _c_ __d__ ~~e~~ :smile: $x^2$ [f]: /g ![h](i) <!-- j --> &amp; &lt; &#64;`,
		"formula":   `=HYPERLINK("https://evil.example","click")`,
		"plus":      `+1+cmd|' /C calc'!A0`,
		"minus":     `-2+3`,
		"at":        `@SUM(1+1)`,
		"tab":       "\t=1+1",
		"wide":      `＝1+1`,
		"separator": "one\u2028two\u2029three\u0085four\r\nfive\rsix",
		"template":  "{{.}} {{template \"x\"}} ${window.pwned=1} {% raw %} <%= 1 %>",
		"xml":       `]]> <![CDATA[ <!ENTITY x "y"> <?xml?> &x; </testcase></testsuite>`,
		"fold":      `</summary></details></table><details open>`,
		"quotes":    `'"` + "`" + `\ \n \u0000`,
		"control":   "\x00\x01\x1b[31mred\x1b[0m\x7f\u202egnp.exe\u202c\u200b\ufeff",
		"emoji":     "👨‍👩‍👧 가족 ＡＢＣ é e\u0301",
		"invalid":   "broken \xff\xfe utf-8",
	}
}

// Hostile is a run in which inputs, replies, items and reasons attack. With another name than v3 every case fails that
// passes in v3.
func Hostile(name string) *runfile.Run {
	run := Run(name, 0)
	for id, attack := range Attacks() {
		c := runfile.Case{
			Case: id, Input: attack, Expect: graders.Expect{Type: "answer"}, Tags: []string{id, "hostile"}, InputHash: id,
			Note: attack,
		}
		said := "answer 2"
		if name != "v3" {
			said = "question 2"
		}
		call, trial := Answer(c, said, At(23, 6))
		call.Reply = fmt.Sprintf("%s\n%s says %s", attack, name, attack)
		call.Thinking = attack
		trial.Read.Items = []string{attack, name + attack}
		for i := range trial.Scores {
			trial.Scores[i].Reason = attack
		}
		run.Cases, run.Calls, run.Trials = append(run.Cases, c), append(run.Calls, call), append(run.Trials, trial)
	}
	run.Sort()
	return run
}
