package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/text/unicode/norm"
)

var errEmptyValue = errors.New("the value is empty")

// A strictValue is the value of a flag that rejects an empty text, which is most
// often a variable that is not set, and a number that is not written in decimals:
// the library reads 010 as 8.
type strictValue struct {
	pflag.Value

	isWord bool // a name, which is compared in NFC
}

// Set sets the value from the text on the command line.
func (v strictValue) Set(text string) error {
	switch kind := v.Type(); {
	case isBlank(text) && strings.HasPrefix(kind, "string"):
		return errEmptyValue
	case kind == "int" || kind == "uint64":
		if digits := strings.TrimLeft(text, "+-"); len(digits) > 1 && digits[0] == '0' || strings.Contains(text, "_") {
			return errors.New("a whole number begins with no 0")
		}
	}
	if v.isWord {
		text = norm.NFC.String(text)
	}
	return v.Value.Set(text)
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

// makeStrict has the flags of a command and of those below it reject what
// [strictValue] does.
func makeStrict(cmd *cobra.Command) {
	wrap := func(f *pflag.Flag) {
		switch _, done := f.Value.(strictValue); {
		case done:
			return
		case f.Value.Type() == "int", f.Value.Type() == "uint64", strings.HasPrefix(f.Value.Type(), "string"):
			f.Value = strictValue{f.Value, slices.Contains([]string{"case", "tag", "grader"}, f.Name)}
		}
		if f.DefValue == "[]" {
			f.DefValue = "" // --help knows an empty list by its type only
		}
	}
	cmd.Flags().VisitAll(wrap)
	cmd.PersistentFlags().VisitAll(wrap)
	for _, c := range cmd.Commands() {
		makeStrict(c)
	}
}

// otherWord returns what promptbench calls a flag that other tools have under this
// name, as it is typed; empty if there is nothing alike.
func otherWord(name string, known []string) string {
	for _, w := range []struct{ names, flag, instead string }{
		{"repeat repeats n epochs samples num-samples k iterations times attempts", "trials", "--trials N"},
		{"no-cache nocache force refresh rerun no-replay ignore-cache", "fresh", "--fresh"},
		{"cache cache-only dry no-calls replay", "offline", "--offline"},
		{"cache-ttl ttl max-cache-age", "max-age", "--max-age DURATION"},
		{"j jobs max-concurrency parallel parallelism threads max-workers max-connections", "concurrency", "--concurrency N"},
		{"workers", "concurrency", "--concurrency N, or promptbench worker for other machines"},
		{"provider providers engine", "model", "--model NAME"},
		{"api-base endpoint url host server api-url base_url openai-api-base", "base-url", "--base-url URL"},
		{"dataset data eval tests test-file cases-file evalset", "suite", "--suite FILE"},
		{"filter-pattern filter ids sample-id test id only", "case", "--case ID, or --tag TAG"},
		{"tags label filter-metadata", "tag", "--tag TAG"},
		{"temp t", "temperature", "--temperature N"},
		{"max-output-tokens max_tokens num-predict max-completion-tokens", "max-tokens", "--max-tokens N"},
		{"grader judge-model grading-model", "judge", "--judge NAME"},
		{"c configuration config-file", "config", "--config FILE"},
		{"out output-file outfile output-path save write", "output", "-o FILE"},
		{"f output-format outputformat reporter type style", "format", "--format FORMAT"},
		{"json", "format", "--format json"},
		{"markdown md", "format", "--format markdown"},
		{"junit xml", "format", "--format junit"},
		{"html", "format", "--format html"},
		{"csv", "format", "--format csv"},
		{"table text", "format", "--format table"},
		{"budget cost max-budget cost-limit", "max-cost", "--max-cost N"},
		{"call-limit max-requests limit max-samples", "max-calls", "--max-calls N, or --case and --tag for fewer cases"},
		{"time-limit max-time", "deadline", "--deadline DURATION"},
		{"request-timeout max-wait", "timeout", "--timeout DURATION"},
		{"log log-dir log-path", "log-file", "--log-file FILE"},
		{"results results-dir log-directory output-dir outdir cache-dir", "runs", "--runs DIR"},
		{"env dotenv env-path", "env-file", "--env-file FILE"},
		{"base reference against", "baseline", "--baseline FILE"},
		{"verbose v details full show-all", "all", "--all"},
		{"summary short compact no-table", "brief", "--brief"},
		{"silent q no-progress no-progress-bar", "quiet", "--quiet"},
		{"no-colors no-colour color monochrome", "no-color", "--no-color"},
		{"allow-errors fail-on-error error-limit", "max-errors", "--max-errors N"},
		{"api-key key token openai-api-key", "model", "OPENAI_API_KEY, or the variable of api_key_env in the config"},
		{"prompt prompts p revision", "suite", "the revision as an argument, such as prompts/v3"},
		{"watch w", "trials", "promptbench watch"},
		{"dry-run plan estimate", "trials", "promptbench plan, which makes no call"},
		{"view open ui", "runs", "promptbench view"},
	} {
		for other := range strings.FieldsSeq(w.names) {
			if other == name && slices.Contains(known, w.flag) {
				return w.instead
			}
		}
	}
	return ""
}
