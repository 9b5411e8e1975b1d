package mutation

// A Rule makes mutants of a prompt.
type Rule string

// The rules.
const (
	DropRole     Rule = "drop-role"
	DropThinking Rule = "drop-thinking"
	DropExamples Rule = "drop-examples"
	SwapLabels   Rule = "swap-labels"
	DropFormat   Rule = "drop-format"
	DropLength   Rule = "drop-length"
	DropBlock    Rule = "drop-block"
	DropRule     Rule = "drop-rule"
	DropExample  Rule = "drop-example"
	Reorder      Rule = "reorder"
	Truncate     Rule = "truncate"
	SwapLanguage Rule = "swap-language"
	Weaken       Rule = "weaken"
	Temperature  Rule = "temperature"
)

// Rules lists the rules, in the order in which their mutants are asked.
func Rules() []Rule {
	return []Rule{
		DropRole, DropThinking, DropExamples, SwapLabels, DropFormat, DropLength, DropBlock, DropRule, DropExample, Reorder,
		Truncate, SwapLanguage, Weaken, Temperature,
	}
}

// Says is what the rule does to a prompt, as a sentence without its subject.
func (r Rule) Says() string {
	return map[Rule]string{
		DropRole:     "leaves out the role",
		DropThinking: "leaves out the thinking step, also in examples",
		DropExamples: "leaves out all examples, or those of one type",
		SwapLabels:   "swaps two types in the examples, or the answers if there are no types",
		DropFormat:   "leaves out a line or sentence about the format",
		DropLength:   "leaves out a line or sentence about a length",
		DropBlock:    "leaves out a tagged block or a paragraph",
		DropRule:     "leaves out another list item, line or sentence",
		DropExample:  "leaves out one example",
		Reorder:      "reverses the order of the examples, or of the blocks",
		Truncate:     "cuts off the second half of the system message",
		SwapLanguage: "names another language, such as English for Korean",
		Weaken:       "weakens words such as must, never and 반드시",
		Temperature:  "sets the temperature to 1, or to 0 where it is 1 or more",
	}[r]
}
