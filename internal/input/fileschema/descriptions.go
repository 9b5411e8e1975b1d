package fileschema

import "promptbench/graders"

// descriptions says what each key is for, by the kind of file and the keys that
// lead to it. Built-in graders describe themselves.
func descriptions() map[string]string {
	out := map[string]string{
		"config":                 "Defaults that flags override. It holds no keys, only the names of variables that do.",
		"config.suite":           "The suite's file, relative to this one.",
		"config.model":           "A name under models; --model overrides it.",
		"config.judge":           "A name under models: the judge of rubric questions.",
		"config.judge_prompt":    "The prompt of the judge, relative to this file; else the built-in one.",
		"config.pairwise_prompt": "The prompt that asks which of two replies is better; else the built-in one.",
		"config.judge_bar":       "The lower bound of kappa that a criterion needs to gate, -1 to under 1; default 0.4.",
		"config.embeddings":      "A name under models: the model of embeddings for the grader similar.",
		"config.editor": "A name under models: the editor, which proposes revisions (improve) and cases " +
			"(cases suggest).",
		"config.editor_prompt": "The prompt of the editor, relative to this file; else the built-in one.",
		"config.runs":          "The directory of run files, relative to this file; default: runs.",
		"config.baseline": "The run file that run and compare hold a single revision against, " +
			"or a list of it and of an anchor: a second run file, which stays when the baseline moves.",
		"config.models":          "Targets by the names that --model takes.",
		"config.models.endpoint": "A known endpoint, such as openai or anthropic, or a label of your own for base_url.",
		"config.models.api": "The API: chat, responses, anthropic or gemini; default: that of the " +
			"endpoint, else chat.",
		"config.models.base_url": "The address of the API, such as http://127.0.0.1:8080/v1; may hold ${VARIABLE}.",
		"config.models.model":    "The model's id, sent as written.",
		"config.models.api_key_env": "The variable that holds the key; default: that of a known endpoint. " +
			"Never the key itself.",
		"config.models.api_version":  "Azure OpenAI's api-version; without it, its v1 API.",
		"config.models.price":        "What tokens cost, per million and in one currency. Without it, the cost is unknown.",
		"config.models.price.input":  "Per million input tokens, at least 0.",
		"config.models.price.output": "Per million output tokens, at least 0.",
		"config.models.price.batch":  "The share of the price that a call in a batch costs, over 0 and up to 1.",
		"config.models.rpm":          "Requests a minute, at least 1; no limit without it.",
		"config.models.tpm":          "Tokens a minute, at least 1; no limit without it.",
		"config.models.context": "Tokens of a request and its reply together, at least 1; no limit without it. improve " +
			"keeps " +
			"its requests to an editor within it.",
		"config.models.headers":     "Headers that are sent as written; none may hold a secret.",
		"config.models.headers_env": "Headers with values from the environment: the header's name to the variable's.",
		"config.models.params":      "Parameters that prompt files and flags override; null leaves one out.",
		"config.models.images": "false: it takes text alone, so that cases with images or files are an error " +
			"before any call.",
		"config.models.thinking": "Pairs of texts around its thinking, besides the known ones: " +
			"[[\"(thinks)\", \"(answers)\"]].",
		"config.gates":            "Conditions that a run, a comparison or the cases must meet.",
		"config.gates.grader":     "The score that the gate is about, such as case_type.",
		"config.gates.min":        "The least that the score may be, from 0 to 1.",
		"config.gates.of":         "What is compared with min or max_increase: mean or lower_bound.",
		"config.gates.regression": "The scores that must not regress.",
		"config.gates.by":         "type: nor may a score get worse on the cases of one expected type.",
		"config.gates.margin":     "The largest drop that counts as no worse, over 0 and up to 1.",
		"config.gates.metric":     "tokens, latency or cost of a reply, in a comparison.",
		"config.gates.cases": "near_duplicates: places where inputs nearly equal each other. near_examples: inputs that " +
			"nearly equal a text in a prompt. each_type: the cases of each expected type. For validate and cases check.",
		"config.gates.at_most":      "The most near_duplicates or near_examples that are accepted.",
		"config.gates.at_least":     "The least cases that each_type needs; a group of paraphrases counts once.",
		"config.gates.max_increase": "The largest increase of the metric that is accepted, such as 10% or 0.1.",

		"prompt":                 "One revision of a prompt.",
		"prompt.name":            "A name for people; the revision is called by its file.",
		"prompt.description":     "What this revision tries.",
		"prompt.model":           "The model that the prompt suggests.",
		"prompt.modelParameters": "Parameters over those of the config; flags override them, null leaves one out.",
		"prompt.messages":        "What is sent. {{input}}, the input of the case, must appear somewhere.",
		"prompt.messages.role":   "system, developer, user or assistant.",
		"prompt.tools": "What the model may call. Nothing is called: a case says what a tool returns, and graders " +
			"look at the calls.",
		"prompt.tools.name":        "Up to 64 letters, digits, hyphens and underscores.",
		"prompt.tools.description": "What it does, for the model.",
		"prompt.tools.parameters":  "The JSON Schema of its arguments.",
		"prompt.toolChoice":        "auto, none, required, or the name of a tool; default: the endpoint's.",
		"prompt.messages.content":  "The text, with {{input}} and the names of vars, which may be letters of any script.",
		"prompt.messages.file": "A .txt or .md file in the project that holds the text, relative to this one, in " +
			"place of content.",
		"prompt.responseFormat": "text, json_object or json_schema.",
		"prompt.jsonSchema":     "The JSON Schema of a reply, with responseFormat: json_schema.",
		"prompt.replyFormat":    "What the format grader holds replies to: xml, json or text.",
		"prompt.testData":       "Ignored: the suite has the cases.",
		"prompt.evaluators":     "Ignored: the suite has the graders.",

		"suite":             "How replies are read, which graders score them, and the cases.",
		"suite.suite":       "The suite's name; default: that of its file.",
		"suite.extends":     "A suite that provides the vars, reply, graders and cases that this one lacks.",
		"suite.description": "What the suite is for.",
		"suite.sealed": "The share of cases that only run --open-seal scores, such as 30%; " +
			"taken over with the cases of a suite that is extended.",
		"suite.vars":              "Texts for a prompt's {{name}}, for every case that does not set them itself.",
		"suite.reply":             "How to read a reply, in each format that a revision may answer in.",
		"suite.reply.types":       "The case types that a reply can have.",
		"suite.reply.json":        "Where a JSON reply has its type and items.",
		"suite.reply.json.type":   "JSONPath (RFC 9535) of the type, such as $.subtodos.type.",
		"suite.reply.json.items":  "JSONPath (RFC 9535) of the items.",
		"suite.reply.json.schema": "The JSON Schema of a reply, inline or a file relative to this one.",
		"suite.reply.xml":         "Where an XML reply has its type and items.",
		"suite.reply.xml.type":    "XPath of the type, such as //subtodos/@type.",
		"suite.reply.xml.items":   "XPath of what holds the items.",
		"suite.reply.verbatim": "true: in a suite without types, a reply is read as the model gave it, with thinking " +
			"and the space around it, and an empty one is a text like any other. Else an empty reply scores 0.",
		"suite.reply.refusal": "The fixed sentence of a refusal, which is no item.",
		"suite.reply.transform": "What makes the text that is read and graded of a reply: an expression, " +
			"or {command: …}.",
		"suite.reply.transform.command":   "A program that does it, named like a grader that is one.",
		"suite.graders":                   "What scores a reply: a name, or a name with its parameters.",
		"suite.graders.command":           "A program that scores replies: [python3, grade.py] or {run: …}.",
		"suite.graders.command.name":      "The score's name; default: that of the program's file.",
		"suite.graders.command.run":       "The program and its arguments; no shell reads them.",
		"suite.graders.command.timeout":   "The time limit of one sample, such as 10s; default 30s.",
		"suite.graders.command.processes": "How many processes are kept open; default 1.",
		"suite.graders.command.files":     "Further files that the program uses; a change makes it another grader.",
		"suite.graders.command.env":       "Variables that the program gets although they look like secrets.",
		"suite.cases":                     "The cases, or {file: …} for a .jsonl, .csv or .tsv file.",
		"suite.cases.file":                "A .jsonl, .csv or .tsv file of cases, relative to this one.",
		"suite.cases.id":                  "Unique; typed after --case.",
		"suite.cases.input":               "What the user typed. A case has this, messages or turns.",
		"suite.cases.messages":            "A conversation whose last message is the user's; the reply to it is graded.",
		"suite.cases.messages.role":       "user or assistant.",
		"suite.cases.messages.content":    "The text. That of the first message is the input.",
		"suite.cases.turns": "What the user says, one message after each reply: a text, or {input: …, " +
			"expect: …}.",
		"suite.cases.turns.input": "The message.",
		"suite.cases.turns.expect": "What is expected of the reply to it; of the last, in place of that of the " +
			"case.",
		"suite.cases.tool_results": "What tools return that the model calls, by name: a text or JSON, or a list of " +
			"{arguments: …, result: …}. The model is asked again with it.",
		"suite.cases.tool_results.arguments": "The arguments equal this mapping; without it, any other arguments.",
		"suite.cases.tool_results.result":    "What the tool returns: a text or JSON.",
		"suite.cases.note":                   "For people: why the case is there.",
		"suite.cases.group": "Shared by cases that are paraphrases of each other; statistics count them " +
			"once.",
		"suite.cases.vars": "Texts for a prompt's {{name}}, over those of the suite.",
		"suite.cases.images": "PNG, JPEG, GIF or WebP images that are sent with the input: files, relative to this " +
			"one, or data URLs; at most 20 of 5 MB each.",
		"suite.cases.files": "PDF documents that are sent with the input after the images, given as these are; both " +
			"together are at most 20.",
		"suite.matrix": "Vars with a list of values each: every case becomes one for each combination, and " +
			"these a group.",
		"suite.cases.graders": "Graders of this case alone, besides those of the suite: a name, or a name with its " +
			"parameters.",
		"suite.cases.tags":   "Chosen by --tag.",
		"suite.cases.expect": "What is expected of the reply.",
	}
	const called = "suite.cases.messages.tool_calls"
	out[called] = "Tools that a message of the model called, with what they returned."
	out[called+".name"] = "The tool."
	out[called+".arguments"] = "Its arguments; default: none."
	out[called+".result"] = "What it returned: a text or JSON."
	for _, path := range []string{"suite.cases.expect.", "suite.cases.turns.expect."} {
		for _, x := range graders.Expectations() {
			out[path+x.Key] = x.Text
		}
		out[path+"tool_calls.name"] = "The tool."
		out[path+"tool_calls.arguments"] = "The arguments equal this mapping."
		out[path+"tool_calls.schema"] = "The arguments fit this JSON Schema."
		out[path+"tool_calls.check"] = "An expression over args, the arguments, such as args.hour < 12."
		out[path+"count.min"], out[path+"count.max"] = "The least number, at least 0.", "The greatest number."
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
		"extra":               "Further fields of the request, sent as written.",
	}
}
