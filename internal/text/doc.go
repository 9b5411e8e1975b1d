// Package text holds operations on text that know nothing of promptbench.
//
//	charset   the encodings that editors and spreadsheets save
//	near      finds texts that nearly equal each other
//	private   finds keys, numbers, addresses and names that must not be shared
//	textsafe  makes text from outside safe for terminals and tables
//	worddiff  what changed between two texts, word by word
//	wording   number and lists in English sentences
package text
