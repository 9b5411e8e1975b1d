package fileschema

import "promptbench/graders"

// descriptions says what each key is for, by the kind of file and the keys that
// lead to it. Built-in graders describe themselves.
func descriptions() map[string]string {
	out := map[string]string{
		"config":                     "What promptbench does where no flag says otherwise. Keys never stand in this file, only the names of the variables that hold them.",
		"config.suite":               "The suite's file, relative to this one.",
		"config.model":               "A name under models, asked where --model names none.",
		"config.judge":               "A name under models: what rubric questions are put to.",
		"config.judge_prompt":        "The prompt of the judge, relative to this file; without it, the one built in.",
		"config.pairwise_prompt":     "The prompt that asks which of two replies is better, relative to this file; without it, the one built in.",
		"config.judge_bar":           "The least lower bound of kappa with which a criterion may gate, from -1 to under 1; 0.4 without it.",
		"config.runs":                "The directory of run files, relative to this file; runs without it.",
		"config.models":              "Targets by the names that --model takes.",
		"config.models.endpoint":     "openai, whose address is known, or a label of your own for the server at base_url.",
		"config.models.base_url":     "The address of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1.",
		"config.models.model":        "The model's id, sent as written.",
		"config.models.api_key_env":  "The name of the environment variable that holds the key. Never the key itself.",
		"config.models.api_version":  "Azure's api-version.",
		"config.models.price":        "What tokens cost, per million and in one currency. Without it the cost is unknown.",
		"config.models.price.input":  "Per million input tokens, at least 0.",
		"config.models.price.output": "Per million output tokens, at least 0.",
		"config.models.price.batch":  "The share of the price that a call in a batch costs, over 0 and up to 1.",
		"config.models.rpm":          "Requests a minute, at least 1; no limit without it.",
		"config.models.tpm":          "Tokens a minute, at least 1; no limit without it.",
		"config.models.headers":      "Headers that are sent as they stand; none may hold a secret.",
		"config.models.headers_env":  "Headers whose values stand in environment variables: the header's name to the variable's.",
		"config.models.params":       "Parameters that prompt files and flags override.",
		"config.gates":               "Conditions that a run or a comparison must meet.",
		"config.gates.grader":        "The score that a run is held to, such as case_type.",
		"config.gates.min":           "The least that the score may be, from 0 to 1.",
		"config.gates.of":            "What min is held against: mean or lower_bound.",
		"config.gates.regression":    "The scores that must not regress.",
		"config.gates.margin":        "How much worse counts as no worse, over 0 and up to 1.",

		"prompt":                  "One revision of a prompt.",
		"prompt.name":             "A name for people; the revision is called by its file.",
		"prompt.description":      "What this revision tries.",
		"prompt.model":            "The model that the prompt suggests.",
		"prompt.modelParameters":  "Parameters over those of the config; flags override them.",
		"prompt.messages":         "What is sent. {{input}} stands for the case's input, and must stand somewhere.",
		"prompt.messages.role":    "system, developer, user or assistant.",
		"prompt.messages.content": "The text, with {{input}} and the names of vars.",
		"prompt.responseFormat":   "text, json_object or json_schema.",
		"prompt.jsonSchema":       "The JSON Schema of a reply, with responseFormat: json_schema.",
		"prompt.replyFormat":      "What the format grader holds replies to: xml, json or text.",
		"prompt.testData":         "Read past: cases stand in the suite.",
		"prompt.evaluators":       "Read past: graders stand in the suite.",

		"suite":                           "How replies are read, which graders score them, and the cases.",
		"suite.suite":                     "The suite's name; its file's without it.",
		"suite.extends":                   "A suite, relative to this file, whose vars, reply, graders and cases hold where this one has none.",
		"suite.description":               "What the suite is for.",
		"suite.vars":                      "Texts for a prompt's {{name}}, for every case that does not set them itself.",
		"suite.reply":                     "How to read a reply, in whichever format a revision answers.",
		"suite.reply.types":               "The case types that a reply can have.",
		"suite.reply.json":                "Where a JSON reply has its type and items.",
		"suite.reply.json.type":           "JSONPath (RFC 9535) of the type, such as $.subtodos.type.",
		"suite.reply.json.items":          "JSONPath (RFC 9535) of the items.",
		"suite.reply.json.schema":         "The JSON Schema of a reply, inline or a file relative to this one.",
		"suite.reply.xml":                 "Where an XML reply has its type and items.",
		"suite.reply.xml.type":            "XPath of the type, such as //subtodos/@type.",
		"suite.reply.xml.items":           "XPath of what holds the items.",
		"suite.reply.refusal":             "The fixed sentence of a refusal, which is no item.",
		"suite.graders":                   "What scores a reply: a name, or a name with its parameters.",
		"suite.graders.command":           "A program that scores replies: [python3, grade.py], or {run: …} with more settings.",
		"suite.graders.command.name":      "The score's name; without it, that of the program's file.",
		"suite.graders.command.run":       "The program and its arguments; no shell reads them.",
		"suite.graders.command.timeout":   "For one sample, such as 10s; 30s without it.",
		"suite.graders.command.processes": "How many are kept open, 1 without it.",
		"suite.graders.command.files":     "Further files whose contents are part of what the grader is.",
		"suite.graders.command.env":       "Variables that it gets although they look like secrets.",
		"suite.cases":                     "The cases, or {file: …} for a .jsonl or .csv file.",
		"suite.cases.file":                "A .jsonl or .csv file of cases, relative to this one.",
		"suite.cases.id":                  "Unique; typed after --case.",
		"suite.cases.input":               "What the user typed.",
		"suite.cases.note":                "For people; why the case is there.",
		"suite.cases.group":               "Cases that are paraphrases of each other share it; statistics count them once.",
		"suite.cases.vars":                "Texts for a prompt's {{name}}, over those of the suite.",
		"suite.cases.tags":                "Chosen by --tag.",
		"suite.cases.expect":              "What a good reply is.",
		"suite.cases.expect.count.min":    "The least number, at least 0.",
		"suite.cases.expect.count.max":    "The greatest number.",
	}
	for _, x := range graders.Expectations() {
		out["suite.cases.expect."+x.Key] = x.Text
	}
	for _, path := range []string{"config.models.params.", "prompt.modelParameters."} {
		for key, text := range parameters() {
			out[path+key] = text
		}
	}
	return out
}

// parameters says what each parameter of a call is for, wherever it can be set.
func parameters() map[string]string {
	return map[string]string{
		"temperature":         "From 0 to 2.",
		"topP":                "From 0 to 1.",
		"maxTokens":           "The most tokens of a reply, at least 1.",
		"maxCompletionTokens": "The most tokens of a reply with its reasoning, at least 1.",
		"seed":                "A whole number; equal seeds ask for equal replies.",
		"stop":                "Texts that end a reply.",
		"reasoningEffort":     "How much a reasoning model thinks, as its API spells it.",
		"extra":               "Further fields of the request, sent as they stand.",
	}
}
