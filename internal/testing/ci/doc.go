// Package ci holds no code: its tests run the steps of action.yml and of the workflows that teams copy, in a GitHub
// environment that is faked: its variables, its files, its gh command, and a repository with a pull request. Only what
// actions of GitHub's own do is left out.
package ci
