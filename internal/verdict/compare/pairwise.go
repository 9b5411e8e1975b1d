package compare

import (
	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// Pairwise is which replies a judge prefers, pair by pair and in both orders. No
// verdict rests on it.
type Pairwise struct {
	Run     string           `json:"run"` // in which the judge's calls stand
	Status  runfile.Status   `json:"status"`
	Judging *summary.Judging `json:"judge"`

	Pairs    int `json:"pairs"`    // trials of cases that both sides have a reply to
	Same     int `json:"same"`     // of these, with the same reply on both sides: a tie, not asked
	Unscored int `json:"unscored"` // without a verdict in one order or both
	Errors   int `json:"errors"`   // of these, because the judge failed
	Units    int `json:"units"`    // cases, or groups of paraphrases, with a verdict
	Win      int `json:"win"`      // units in which the head is preferred
	Tie      int `json:"tie"`      // among them those where the order decided
	Loss     int `json:"loss"`     // units in which the base is preferred

	P          *float64    `json:"p"`            // sign test over wins and losses, exact and two-sided
	WinShare   *float64    `json:"win_share"`    // of the wins and losses, how many are wins
	WinShareCI *[2]float64 `json:"win_share_ci"` // 95%, Clopper-Pearson
	Net        *float64    `json:"net"`          // wins less losses, of the units
	NetCI      *[2]float64 `json:"net_ci"`       // 95%, Tango

	Asked        int      `json:"asked"`         // pairs with a verdict in both orders
	KeptFirst    int      `json:"kept_first"`    // of these, in which the first reply was preferred both times
	KeptSecond   int      `json:"kept_second"`   // likewise the second
	PositionBias *float64 `json:"position_bias"` // share of those asked in which the position decided

	Preferences []Preference `json:"preferences"` // by case and trial
}

// A Preference is what the judge said of one pair.
type Preference struct {
	Case    string `json:"case"`
	Trial   int    `json:"trial"`
	Prefers string `json:"prefers"` // head, base or tie; empty without a verdict
	Reason  string `json:"reason"`  // the judge's, or why there is no verdict
}

// PairwiseOf sums up a run in which a judge compared two others. The price is
// the judge's, nil where it is unknown. The run must be loaded in full.
func PairwiseOf(run *runfile.Run, price *params.Price) *Pairwise {
	p := &Pairwise{
		Run: run.Header.Run, Status: run.Status(), Judging: summary.JudgingOf(run, price),
		Pairs: len(run.Trials), Preferences: []Preference{},
	}
	units := map[string]float64{} // the head's lead, by case or group
	for i := range run.Trials {
		t := &run.Trials[i]
		both, baseFirst, headFirst := find(t, "pairwise"), find(t, "pairwise/base_first"), find(t, "pairwise/head_first")
		p.prefer(t, both)
		p.position(baseFirst, headFirst)
		if t.Failure() != "" {
			p.Errors++
		}
		if both.Value == nil {
			p.Unscored++
			continue
		}
		if baseFirst.NotApplicable != "" {
			p.Same++
		}
		unit := "case " + t.Case
		if c, ok := run.Case(t.Case); ok && c.Group != "" {
			unit = "group " + c.Group
		}
		units[unit] += *both.Value - 0.5
	}
	for _, lead := range units {
		switch {
		case lead > 0:
			p.Win++
		case lead < 0:
			p.Loss++
		default:
			p.Tie++
		}
	}
	p.Units = len(units)
	p.test()
	return p
}

func find(t *runfile.Trial, grader string) graders.Score {
	for _, s := range t.Scores {
		if s.Grader == grader {
			return s
		}
	}
	return graders.Score{Grader: grader, Unscored: "not asked"}
}

func (p *Pairwise) prefer(t *runfile.Trial, s graders.Score) {
	reason := s.Reason
	if s.Unscored != "" {
		reason = s.Unscored
	}
	p.Preferences = append(p.Preferences, Preference{Case: t.Case, Trial: t.Trial, Prefers: s.Answer, Reason: reason})
}

// position counts the pairs in which the judge kept to a position when the
// replies changed places.
func (p *Pairwise) position(baseFirst, headFirst graders.Score) {
	if baseFirst.Value == nil || headFirst.Value == nil {
		return
	}
	p.Asked++
	if baseFirst.Answer != headFirst.Answer {
		return
	}
	switch baseFirst.Answer {
	case "first":
		p.KeptFirst++
	case "second":
		p.KeptSecond++
	}
}

// test works out the numbers; ties say nothing about which is better.
func (p *Pairwise) test() {
	p.PositionBias = summary.Number(float64(p.KeptFirst+p.KeptSecond) / float64(p.Asked))
	if p.Units == 0 {
		return
	}
	p.P = summary.Number(stats.McNemar(p.Win, p.Loss))
	p.Net = summary.Number(float64(p.Win-p.Loss) / float64(p.Units))
	p.NetCI = interval(stats.Tango(p.Win, p.Loss, p.Units, level))
	if decided := p.Win + p.Loss; decided > 0 {
		p.WinShare = summary.Number(float64(p.Win) / float64(decided))
		p.WinShareCI = interval(stats.ClopperPearson(p.Win, decided, level))
	}
}
