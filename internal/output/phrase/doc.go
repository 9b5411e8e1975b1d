// Package phrase holds the wording that results share, whatever format they are
// printed in: how a number, an interval, a basis, an expectation or the reason
// for a flip reads in words.
//
// It takes finished numbers and returns plain text. Names, inputs and types come
// out unchanged: the caller makes them safe for its format.
package phrase
