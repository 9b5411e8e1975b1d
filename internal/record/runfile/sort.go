package runfile

import (
	"cmp"
	"maps"
	"slices"
)

// A pile collects records as they are read, each with its rank.
type pile[T any] struct {
	records []T
	ranks   []rank
}

// expect makes room for n records. A list that grows as it is filled leaves several times its size behind.
func (p *pile[T]) expect(n int) {
	p.records, p.ranks = make([]T, 0, n), make([]rank, 0, n)
}

// add makes room for a record, which must get its rank before the next one.
func (p *pile[T]) add() *T {
	var record T
	p.records = append(p.records, record)
	return &p.records[len(p.records)-1]
}

func (p *pile[T]) rank(r rank) {
	r.index = int32(len(p.ranks))
	p.ranks = append(p.ranks, r)
}

// A rank is what records are sorted by: the number of the case's id, the trial, and whether there can be only one such
// record of it. Ranks are sorted in the records' stead, because a record is large.
type rank struct {
	id, index, trial int32
	what             int32
}

func (r *rank) compare(o *rank) int {
	return cmp.Or(cmp.Compare(r.id, o.id), cmp.Compare(r.trial, o.trial), cmp.Compare(r.what, o.what))
}

// The what of records that occur once: in a trial, and, before it, in a turn of the trial.
const (
	only      = -1
	firstTurn = -1 << 30
)

// into fills the run with cases by id, and trials and calls by case and number, the last one of duplicates in the file.
func (k *collector) into(run *Run) {
	places := make([]int32, len(k.numbers))
	for place, id := range slices.Sorted(maps.Keys(k.numbers)) {
		places[k.numbers[id]] = int32(place)
	}
	run.Cases = k.cases.sorted(places)
	run.Trials = k.trials.sorted(places)
	run.Calls = k.calls.sorted(places)
}

// sorted returns the records in order, without those that another one follows where there can be only one. Places are
// those of the ids' numbers in their order.
func (p *pile[T]) sorted(places []int32) []T {
	if len(p.records) == 0 {
		return nil
	}
	order := p.ranks
	ordered := true
	for i := range order {
		order[i].id = places[order[i].id]
		ordered = ordered && (i == 0 || order[i-1].compare(&order[i]) < 0)
	}
	if ordered {
		return p.records
	}
	slices.SortFunc(order, func(a, b rank) int { return cmp.Or(a.compare(&b), cmp.Compare(a.index, b.index)) })
	permute(p.records, order)
	kept := p.records[:0]
	for i := range order {
		if i+1 < len(order) && order[i].what < 0 && order[i].compare(&order[i+1]) == 0 {
			continue
		}
		kept = append(kept, p.records[i])
	}
	clear(p.records[len(kept):])
	return kept
}

// permute puts the record with the index of each rank in the place of the rank, going around the cycles, so that no
// second list is needed.
func permute[T any](records []T, order []rank) {
	for start := range order {
		if order[start].index == int32(start) {
			continue
		}
		first := records[start]
		at := start
		for {
			from := int(order[at].index)
			order[at].index = int32(at)
			if from == start {
				records[at] = first
				break
			}
			records[at] = records[from]
			at = from
		}
	}
}
