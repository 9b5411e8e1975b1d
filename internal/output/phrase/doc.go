// Package phrase holds the wording that results share, whatever format they are
// printed in: how a number, an interval, a basis, an expectation or the reason
// for a flip reads in words.
//
// It takes finished numbers and gives plain text. Names, inputs and types come
// out as they went in; whoever prints them makes them safe for the format.
package phrase
