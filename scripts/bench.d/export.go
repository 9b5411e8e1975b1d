package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promptbench/internal/testing/traffic"
)

// export measures proposing cases from an export of so many lines. It makes sure that no secret is left, and that the
// second time gives the same file.
func (b *bench) export(ctx context.Context) error {
	file, err := os.Create(filepath.Join(b.dir, "export.jsonl"))
	if err != nil {
		return err
	}
	fifth := b.cases / 5
	plant, err := traffic.Write(file, traffic.Mix{Lines: b.cases, Secrets: fifth, Copies: fifth}, 1)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	var results []result
	var written [][]byte
	for i := range b.rounds {
		name := fmt.Sprintf("proposed-%d.yaml", i)
		r, err := measure(ctx, b.dir, b.promptbench, "cases", "from", "export.jsonl", "-o", name)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil {
			return err
		}
		results, written = append(results, r), append(written, data)
	}
	left := 0
	for _, secret := range plant.Secrets {
		if strings.Contains(string(written[0]), secret) {
			left++
		}
	}
	same := 1
	for _, data := range written[1:] {
		if bytes.Equal(data, written[0]) {
			same++
		}
	}
	fmt.Fprintf(&b.report, "%d lines, %d of %d secrets left, %d of %d files the same\n%s\n\n",
		b.cases, left, len(plant.Secrets), same, b.rounds, machine())
	b.head("")
	b.row("cases from", median(results), result{})
	return nil
}
