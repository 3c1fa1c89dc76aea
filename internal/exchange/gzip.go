package exchange

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"jalon/internal/apperr"
)

// Inflate opens a file that may be compressed (.csv.gz): what it gives is the
// text, no longer than the limits allow, and its name without «.gz». A file that
// is not compressed comes back as it is.
func Inflate(name string, r io.Reader, limits Limits) (string, io.Reader, error) {
	limits = limits.orDefault()
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return name, nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce fichier ne peut pas être lu.", name)
	}
	if string(head) != "\x1f\x8b" {
		return name, b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return name, nil, apperr.New(apperr.Invalid, err, "%s\u00a0: la compression (gzip) est abîmée.", name)
	}
	return strings.TrimSuffix(name, ".gz"), &inflating{name: name, z: z, left: min(limits.Expanded, limits.Size)}, nil
}

// inflating is the open text: too long or cut short, it ends on a sentence.
type inflating struct {
	name string
	z    *gzip.Reader
	left int64
}

func (i *inflating) Read(p []byte) (int, error) {
	n, err := i.z.Read(p)
	if i.left -= int64(n); i.left < 0 {
		return 0, apperr.New(apperr.TooLarge, nil, "%s\u00a0: le fichier décompressé est trop grand. Rien n’a été enregistré.", i.name)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, apperr.New(apperr.Invalid, err, "%s\u00a0: le fichier compressé s’arrête au milieu ou est abîmé. Rien n’a été enregistré.", i.name)
	}
	return n, err
}
