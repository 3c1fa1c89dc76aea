package db

import (
	"encoding/hex"
	"io"
	"sync"
	"time"
)

// IDs makes UUIDv7 texts: they sort by time, so that keys grow at one end of
// an index and an edition's id says which came last.
type IDs struct {
	now    func() time.Time
	random io.Reader

	mu   sync.Mutex
	last uint64 // milliseconds << 12 | counter
}

// NewIDs takes the clock and the source of randomness, so that tests and the
// demonstration give the same ids each time.
func NewIDs(now func() time.Time, random io.Reader) *IDs {
	return &IDs{now: now, random: random}
}

// New returns the next id, greater than every one before it from this source,
// even within one millisecond or when the clock steps back.
func (s *IDs) New() (string, error) {
	var u [16]byte
	if _, err := io.ReadFull(s.random, u[8:]); err != nil {
		return "", err
	}
	s.mu.Lock()
	t := max(uint64(s.now().UnixMilli())<<12, s.last+1)
	s.last = t
	s.mu.Unlock()
	for i, ms := 0, t>>12; i < 6; i++ {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6] = 0x70 | byte(t>>8)&0x0f
	u[7] = byte(t)
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}
