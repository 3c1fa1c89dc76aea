package demo

import (
	"context"
	"time"
)

// nights keeps what the national board said at the end of each day, as the job
// of the night does, so that its curves have a past. The last one is left to
// that job.
func nights(s *Script) {
	first := 60
	if s.Size == Small {
		first = 10
	}
	for ago := first; ago > 0; ago-- {
		// After midnight in Paris, in summer as in winter.
		s.Scene(s.Day(ago).Add(30*time.Minute), "night", func(ctx context.Context) error {
			_, err := s.National.Nights(ctx)
			return err
		})
	}
}
