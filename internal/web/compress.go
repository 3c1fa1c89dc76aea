package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressFrom is the size under which a compressed answer is no faster.
const compressFrom = 1024

// gzipLevel was chosen by BenchmarkGzip: level 1 already takes a region's page
// to a fifth, and the next ones cost more time than the bytes they save.
const gzipLevel = 1

// zipped is a writer and its buffer, kept together from answer to answer.
type zipped struct {
	w   *gzip.Writer
	buf bytes.Buffer
}

var zippers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzipLevel)
	if err != nil {
		panic("web: gzip level: " + err.Error())
	}
	return &zipped{w: w}
}}

// compressor compresses what is worth it. An answer whose length is known and
// that comes in one piece is compressed whole and keeps a length; a longer one
// flows through.
type compressor struct {
	http.ResponseWriter
	accepts bool
	head    bool
	status  int
	begun   bool
	flow    *zipped
	sent    int64
}

func newCompressor(w http.ResponseWriter, r *http.Request) *compressor {
	return &compressor{ResponseWriter: w, accepts: acceptsGzip(r.Header.Get("Accept-Encoding")), head: r.Method == http.MethodHead}
}

// acceptsGzip reads Accept-Encoding; «gzip;q=0» is a refusal.
func acceptsGzip(header string) bool {
	for one := range strings.SplitSeq(header, ",") {
		name, param, _ := strings.Cut(strings.TrimSpace(one), ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q := strings.TrimLeft(strings.TrimPrefix(strings.ReplaceAll(param, " ", ""), "q="), "0.")
		return param == "" || q != ""
	}
	return false
}

// compressible tells text from what is already dense.
func compressible(h http.Header) bool {
	if h.Get("Content-Encoding") != "" {
		return false
	}
	// A strong tag names exact bytes, which compression would change.
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return false
	}
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch {
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "json"), strings.HasSuffix(kind, "+xml"):
		return true
	}
	return kind == "application/javascript" || kind == "application/xml"
}

// WriteHeader waits for the first bytes, which say whether to compress.
func (c *compressor) WriteHeader(status int) {
	if status >= 100 && status < 200 {
		c.ResponseWriter.WriteHeader(status)
		return
	}
	if c.status == 0 {
		c.status = status
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		c.begin()
	}
}

func (c *compressor) begin() {
	if !c.begun {
		c.begun = true
		if c.status == 0 {
			c.status = http.StatusOK
		}
		c.ResponseWriter.WriteHeader(c.status)
	}
}

func (c *compressor) Write(p []byte) (int, error) {
	if !c.begun {
		if done, err := c.decide(p); done {
			return len(p), err
		}
	}
	if c.flow != nil {
		n, err := c.flow.w.Write(p)
		if err == nil && c.flow.buf.Len() >= 32<<10 {
			err = c.drain()
		}
		return n, err
	}
	n, err := c.ResponseWriter.Write(p)
	c.sent += int64(n)
	return n, err
}

// decide reads the headers once the first bytes are there; done means that the
// whole answer has been sent.
func (c *compressor) decide(p []byte) (done bool, err error) {
	h := c.Header()
	if c.status == http.StatusPartialContent || h.Get("Content-Range") != "" || !compressible(h) {
		c.begin()
		return false, nil
	}
	h.Add("Vary", "Accept-Encoding")
	length, lerr := strconv.Atoi(h.Get("Content-Length"))
	whole := lerr == nil && length == len(p)
	if !c.accepts || len(p) < compressFrom && (whole || lerr != nil) {
		c.begin()
		return false, nil
	}
	h.Set("Content-Encoding", "gzip")
	z := zippers.Get().(*zipped)
	z.buf.Reset()
	z.w.Reset(&z.buf)
	if !whole {
		h.Del("Content-Length")
		c.begin()
		c.flow = z
		return false, nil
	}
	defer zippers.Put(z)
	if _, err := z.w.Write(p); err != nil {
		return true, err
	}
	if err := z.w.Close(); err != nil {
		return true, err
	}
	h.Set("Content-Length", strconv.Itoa(z.buf.Len()))
	c.begin()
	n, err := c.ResponseWriter.Write(z.buf.Bytes())
	c.sent += int64(n)
	return true, err
}

func (c *compressor) drain() error {
	n, err := c.ResponseWriter.Write(c.flow.buf.Bytes())
	c.sent += int64(n)
	c.flow.buf.Reset()
	return err
}

// Flush sends what is ready.
func (c *compressor) Flush() {
	c.begin()
	if c.flow != nil && c.flow.w.Flush() == nil {
		_ = c.drain() // a reader who left
	}
	_ = http.NewResponseController(c.ResponseWriter).Flush() // not every writer can
}

// Unwrap lets http.ResponseController reach what is below.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// finish ends the answer.
func (c *compressor) finish() {
	if c.status != 0 {
		c.begin()
	}
	if c.flow != nil {
		if c.flow.w.Close() == nil {
			_ = c.drain() // a reader who left
		}
		zippers.Put(c.flow)
		c.flow = nil
	}
}
