package downloads

import (
	"encoding/base64"
	"encoding/hex"
)

// base64Of writes a digest in hexadecimal as RFC 9530 wants it.
func base64Of(hexadecimal string) string {
	raw, err := hex.DecodeString(hexadecimal)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw)
}
