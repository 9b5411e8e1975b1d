// Package resultschema makes the JSON Schemas of what commands print with --format json: the shapes come from the Go
// types of the results, the descriptions from the comments of their fields. The schemas are committed under
// docs/schema. A test holds them to the types, and the scripts of the commands hold every result to them.
package resultschema

import (
	"reflect"
	"slices"
	"strings"

	"promptbench/internal/migrate/propose"
	"promptbench/internal/output/progress"
	"promptbench/internal/output/report"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/brief"
	"promptbench/internal/verdict/calibration"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/history"
	"promptbench/internal/verdict/items"
	"promptbench/internal/verdict/mutation"
	"promptbench/internal/verdict/plan"
	"promptbench/internal/verdict/search"
	"promptbench/internal/verdict/summary"
)

// A Result is one kind of JSON that commands print.
type Result struct {
	Name     string       // of the schema's file, before .schema.json
	Title    string       // what it is
	Commands []string     // that print it, without the program's name
	Type     reflect.Type // of an object
}

// Results lists all kinds.
func Results() []Result {
	of := func(name, title, commands string, t reflect.Type) Result {
		return Result{name, title, strings.Split(commands, ", "), t}
	}
	return []Result{
		of("list", "The prompts, suites and models of a project", "list", reflect.TypeFor[report.Listing]()),
		of("validate", "Problems in input files", "validate, cases check", reflect.TypeFor[report.ProblemsResult]()),
		of("plan", "What a run would take and could detect", "plan", reflect.TypeFor[plan.Plan]()),
		of("run", "The result of one run", "run, report, regrade", reflect.TypeFor[summary.Summary]()),
		of("compare", "A comparison of two runs", "compare, run, report, noise", reflect.TypeFor[compare.Comparison]()),
		of("variants", "Several variants and their comparisons with the first", "run, compare, report",
			reflect.TypeFor[compare.Variants]()),
		of("show", "A case of a run in full", "show", reflect.TypeFor[report.CaseResult]()),
		of("causes", "Why cases of a run fail: show --failed --by cause", "show", reflect.TypeFor[report.CausesResult]()),
		of("blame", "What each hunk of a change does", "blame", reflect.TypeFor[blame.Result]()),
		of("improve", "What a search for a better revision found", "improve", reflect.TypeFor[search.Result]()),
		of("improve-dry-run", "What a search would take: improve --dry-run", "improve", reflect.TypeFor[search.Price]()),
		of("improve-manual", "A brief for a person: improve --manual", "improve", reflect.TypeFor[brief.Brief]()),
		of("mutate", "Which mutants of a prompt a suite notices", "mutate", reflect.TypeFor[mutation.Result]()),
		of("judge-calibrate", "How far a judge agrees with people", "judge calibrate",
			reflect.TypeFor[calibration.Calibration]()),
		of("history", "Scores over time", "history", reflect.TypeFor[history.History]()),
		of("history-case", "One case over time: history --case", "history", reflect.TypeFor[history.Trace]()),
		of("runs", "One run file", "runs, runs list", reflect.TypeFor[report.RunResult]()),
		of("runs-prune", "What becomes of one run file", "runs prune", reflect.TypeFor[report.PruneResult]()),
		of("cases-from", "Cases that are proposed", "cases from, cases suggest", reflect.TypeFor[propose.Result]()),
		of("cases-suggest", "What a suite lacks: cases suggest without --editor", "cases suggest",
			reflect.TypeFor[items.Gaps]()),
		of("cases-suggest-dry-run", "What proposals would take: cases suggest --dry-run", "cases suggest",
			reflect.TypeFor[items.Price]()),
		of("progress", "A line of --progress json", "run, noise, blame, improve, mutate, judge calibrate, cases suggest",
			reflect.TypeFor[progress.Update]()),
	}
}

// Of returns the names of the schemas that the results of a command may have.
func Of(command string) []string {
	var out []string
	for _, r := range Results() {
		if slices.Contains(r.Commands, command) && r.Name != "progress" {
			out = append(out, r.Name)
		}
	}
	return out
}
