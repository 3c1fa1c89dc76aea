package office

import (
	"archive/zip"
	"hash/crc32"
	"io"
)

// part is one file of an archive.
type part struct {
	name  string
	body  []byte
	store bool // uncompressed
}

// day1980 is the date of every file of an archive, the first that the format
// can say: when a document was made is not in its bytes.
const day1980 = 1<<5 | 1

// writeZip writes the parts in their order.
func writeZip(w io.Writer, parts []part) error {
	z := zip.NewWriter(w)
	for _, p := range parts {
		if err := p.add(z); err != nil {
			return err
		}
	}
	return z.Close()
}

// add writes a part at the end of an archive.
func (p part) add(z *zip.Writer) error {
	h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
	h.ModifiedDate = day1980 //nolint:staticcheck // Modified adds a field to the header, which a reader of OpenDocument does not expect before the type
	create := z.CreateHeader
	if p.store { // its size and its sum are known before, and stand before
		h.Method, h.CRC32 = zip.Store, crc32.ChecksumIEEE(p.body)
		h.CompressedSize64, h.UncompressedSize64 = uint64(len(p.body)), uint64(len(p.body))
		create = z.CreateRaw
	}
	f, err := create(h)
	if err != nil {
		return err
	}
	_, err = f.Write(p.body)
	return err
}
