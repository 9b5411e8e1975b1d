package command_test

import (
	"os"
	"regexp"
)

func zombie(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || regexp.MustCompile(`\) Z `).Match(stat)
}
