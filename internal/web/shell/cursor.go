package shell

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Seal makes the opaque cursor of a list: where the next page starts, signed
// with the filter it belongs to, so that nobody can use it with another.
func Seal(key []byte, filter string, parts ...string) string {
	body := strings.Join(parts, "\x00")
	return base64.RawURLEncoding.EncodeToString(append(seal(key, filter, body), body...))
}

// Unseal reads a cursor; it reports false for one that was altered, cut or made
// for another filter.
func Unseal(key []byte, filter, cursor string) ([]string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < sealLength {
		return nil, false
	}
	body := string(raw[sealLength:])
	if !hmac.Equal(raw[:sealLength], seal(key, filter, body)) {
		return nil, false
	}
	return strings.Split(body, "\x00"), true
}

const sealLength = 12

func seal(key []byte, filter, body string) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("cursor\x00" + filter + "\x00" + body)) // a hash never fails
	return mac.Sum(nil)[:sealLength]
}
