package improve

import (
	"cmp"
	"fmt"

	"promptbench/internal/input/prompt"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/project"
)

// promptIn reads the prompt file that an editor answered with, as strictly as any prompt file, and checks that it can
// take the place of the base: with the variables of the suite, on the same model. Parameters and formats that it leaves
// out are those of the base. The error says what is wrong.
func promptIn(p *project.Project, base *prompt.Prompt, name, answer string) (*prompt.Prompt, error) {
	path := name + ".prompt.yml"
	found, probs := prompt.Parse(name, path, []byte(editor.Inside(answer)))
	if found != nil {
		probs = append(probs, found.CheckVars(p.Vars())...)
	}
	if err := probs.Err(); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fmt.Errorf("%s: this is no prompt file", path)
	}
	found.Model, found.Params = base.Model, found.Params.Over(base.Params)
	if found.ResponseFormat == "" {
		found.ResponseFormat, found.JSONSchema = base.ResponseFormat, base.JSONSchema
	}
	if len(found.Tools) == 0 {
		found.Tools, found.ToolChoice = base.Tools, base.ToolChoice
	}
	found.ReplyFormat = cmp.Or(found.ReplyFormat, base.ReplyFormat)
	of := *p
	of.Prompts, of.Options.Models = []*prompt.Prompt{found}, nil
	if _, err := of.Variants(); err != nil {
		return nil, err
	}
	return found, nil
}
