package queue

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// minKey is how short the key of a queue may be.
const minKey = 16

// mark returns what shows that a message with a subject was made by who has the queue's key.
func (c *Connection) mark(subject string, data []byte) string {
	mac := hmac.New(sha256.New, c.key)
	_, _ = fmt.Fprintf(mac, "promptbench %s %s\n", protocol, subject) // a hash never fails
	_, _ = mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil))
}

// keyOf returns what tells a worker, before it takes an item of a run, whether both have the same key; empty without
// one.
func (c *Connection) keyOf(run string) string {
	if len(c.key) == 0 {
		return ""
	}
	return c.mark("run "+run, nil)
}

func isEqual(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// checkKey refuses a key that can be guessed.
func checkKey(key []byte) error {
	if n := len(key); n > 0 && n < minKey {
		return fmt.Errorf("the key of the queue has %d characters; use at least %d, such as those of: openssl rand -hex 32",
			n, minKey)
	}
	return nil
}
