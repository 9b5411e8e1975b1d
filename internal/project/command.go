package project

import (
	"errors"

	"promptbench/graders"
	"promptbench/internal/suite"
)

// build makes the suite's graders.
func (p *Project) build(judge graders.Judge) ([]graders.Grader, error) {
	return p.Suite.Build(judge, func(suite.GraderEntry) (graders.Grader, error) {
		return nil, errors.New("commands do not run yet")
	})
}
