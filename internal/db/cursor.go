package db

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"jalon/internal/apperr"
)

// Cursors seals where a page of a list ended, with the filter of the list, so
// that the next page cannot be asked for with another filter or a made-up key.
// The zero value is no good: every replica needs the same secret.
type Cursors struct{ secret []byte }

// NewCursors takes the secret of this installation.
func NewCursors(secret []byte) Cursors { return Cursors{secret: secret} }

const macSize = 16

// Seal makes the cursor of a list (its name and filter, as text) whose last row
// has this key.
func (c Cursors) Seal(list string, key ...string) string {
	body, err := json.Marshal(key)
	if err != nil {
		return "" // texts always marshal
	}
	return base64.RawURLEncoding.EncodeToString(append(c.mac(list, body), body...))
}

// Open returns the key that Seal was given for the same list; nil for the empty
// cursor of a first page.
func (c Cursors) Open(list, cursor string, parts int) ([]string, error) {
	if cursor == "" {
		return nil, nil
	}
	bad := apperr.Invalidf("Cette adresse ne mène à aucune page de la liste\u00a0: elle a été modifiée, ou le filtre a changé. Revenez au début de la liste.")
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(sealed) < macSize {
		return nil, bad
	}
	body := sealed[macSize:]
	var key []string
	if !hmac.Equal(sealed[:macSize], c.mac(list, body)) || json.Unmarshal(body, &key) != nil || len(key) != parts {
		return nil, bad
	}
	return key, nil
}

func (c Cursors) mac(list string, body []byte) []byte {
	h := hmac.New(sha256.New, c.secret)
	h.Write([]byte("cursor\x00" + list + "\x00"))
	h.Write(body)
	return h.Sum(nil)[:macSize]
}
