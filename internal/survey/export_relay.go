package survey

import (
	"io"
	"sync"
)

// relay writes on another goroutine, so that compressing and hashing go on while
// the next rows are made. It holds a few buffers, whatever passes.
type relay struct {
	full, free chan []byte
	buf        []byte
	done       sync.WaitGroup
	end        sync.Once
	mu         sync.Mutex
	err        error
}

const relayBuffer = 512 << 10

func newRelay(w io.Writer) *relay {
	r := &relay{full: make(chan []byte, 2), free: make(chan []byte, 4)}
	for range 4 {
		r.free <- make([]byte, 0, relayBuffer)
	}
	r.buf = <-r.free
	r.done.Go(func() {
		for b := range r.full {
			if r.failed() == nil {
				if _, err := w.Write(b); err != nil {
					r.mu.Lock()
					r.err = err
					r.mu.Unlock()
				}
			}
			r.free <- b[:0]
		}
	})
	return r
}

func (r *relay) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *relay) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		n := min(len(p), relayBuffer-len(r.buf))
		r.buf = append(r.buf, p[:n]...)
		p = p[n:]
		if len(r.buf) == relayBuffer {
			r.full <- r.buf
			r.buf = <-r.free
		}
	}
	return all, r.failed()
}

// Close waits until all is written and says what went wrong.
func (r *relay) Close() error {
	r.end.Do(func() {
		r.full <- r.buf
		close(r.full)
		r.done.Wait()
	})
	return r.failed()
}
