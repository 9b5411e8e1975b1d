package search

import "slices"

// Settings bound a search.
type Settings struct {
	Rounds int     // of proposals
	Edits  int     // proposals in a round
	Keep   int     // candidates that the next round edits, at most
	Margin float64 // a slice may fall by so much
}

// A Proposal is asked of an editor: an edit of one candidate, or a merge of two. They are numbered as in
// [Search.Candidates].
type Proposal struct{ Of []int }

// A Candidate is a prompt that was raced. The first one is the base.
type Candidate struct {
	Of     []int // what it was made of; none for the base
	Round  int   // from 1; 0 for the base
	Values Values
	Whole  bool // it was asked with all cases
	Left   bool // it was in its race to the end, which may have come early
}

// A Search is the state of one search: candidates, and those of them that are kept.
type Search struct {
	Candidates []Candidate

	settings Settings
	slice    []string
	kept     []int // candidates, the best first
	merged   [][2]int
	round    int
}

// New begins a search from the values of the base on all cases. Slice names what each case belongs to.
func New(base Values, slice []string, s Settings) *Search {
	return &Search{
		Candidates: []Candidate{{Values: base, Whole: true}}, settings: s, slice: slice, kept: []int{0},
	}
}

// Round is the number of the round that [Search.Propose] began last, from 1.
func (s *Search) Round() int { return s.round }

// Kept are the candidates that the next round edits, the best first.
func (s *Search) Kept() []int { return slices.Clone(s.kept) }

// Propose begins a round and says what to ask the editor for; nothing after the last round. Kept candidates take
// turns; two that complement each other are merged once.
func (s *Search) Propose() []Proposal {
	if s.round == s.settings.Rounds {
		return nil
	}
	s.round++
	var out []Proposal
	for i, a := range s.kept {
		for _, b := range s.kept[i+1:] {
			pair := [2]int{a, b}
			isNew := a != 0 && b != 0 && !slices.Contains(s.merged, pair)
			if isNew && len(out) < s.settings.Edits/2 && Complement(s.Candidates[a].Values, s.Candidates[b].Values, s.slice) {
				s.merged = append(s.merged, pair)
				out = append(out, Proposal{Of: []int{a, b}})
			}
		}
	}
	for i := 0; len(out) < s.settings.Edits; i++ {
		out = append(out, Proposal{Of: []int{s.kept[i%len(s.kept)]}})
	}
	return out
}

// Race begins the race of so many candidates of this round.
func (s *Search) Race(candidates int) *Race {
	return NewRace(candidates, s.Candidates[s.kept[0]].Values, s.slice)
}

// Add takes the candidates of a round, each made of what the proposal says, and keeps the complementary ones of those
// that have all values.
func (s *Search) Add(of []Proposal, race *Race) {
	finished, left := race.Finished(), race.Left()
	for i, p := range of {
		s.Candidates = append(s.Candidates, Candidate{
			Of: p.Of, Round: s.round, Values: race.Values(i),
			Whole: slices.Contains(finished, i), Left: slices.Contains(left, i),
		})
	}
	whole, values := s.whole()
	s.kept = s.kept[:0]
	for _, i := range Complementary(values, s.slice, s.settings.Keep) {
		s.kept = append(s.kept, whole[i])
	}
}

func (s *Search) whole() (numbers []int, values []Values) {
	for i, c := range s.Candidates {
		if c.Whole {
			numbers, values = append(numbers, i), append(values, c.Values)
		}
	}
	return numbers, values
}

// Best is the candidate that meets the base, and whether its mean is above that of the base; 0 without any. Where no
// candidate was asked with all cases, it is one of those that were still in a race which the budget ended.
func (s *Search) Best() (candidate int, isBetter bool) {
	numbers, values := s.whole()
	base := s.Candidates[0].Values
	if numbers, values = numbers[1:], values[1:]; len(numbers) == 0 {
		for i, c := range s.Candidates {
			if c.Left {
				numbers, values, base = append(numbers, i), append(values, c.Values), base[:len(c.Values)]
			}
		}
	}
	i, isBetter := Best(values, base, s.slice, s.settings.Margin)
	if i < 0 {
		return 0, false
	}
	return numbers[i], isBetter
}

// MostReplies is how many replies the rounds may need at most, with so many slices and without those of the base.
func MostReplies(s Settings, cases, parts int) int {
	return s.Rounds * RaceReplies(s.Edits, cases, parts)
}
