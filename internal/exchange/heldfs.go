package exchange

import (
	"bytes"
	"io/fs"
	"time"
)

// heldFS is a flat folder of files held in memory: the tables of a bundle.
type heldFS map[string][]byte

// Open gives a file by its exact name.
func (h heldFS) Open(name string) (fs.File, error) {
	data, ok := h[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &heldFile{Reader: bytes.NewReader(data), name: name}, nil
}

type heldFile struct {
	*bytes.Reader
	name string
}

func (f *heldFile) Close() error               { return nil }
func (f *heldFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *heldFile) Name() string               { return f.name }
func (f *heldFile) Mode() fs.FileMode          { return 0o444 }
func (f *heldFile) ModTime() time.Time         { return bundleDate }
func (f *heldFile) IsDir() bool                { return false }
func (f *heldFile) Sys() any                   { return nil }
