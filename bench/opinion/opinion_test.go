package opinion

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/opinion"
)

// The two sizes that are promised, and small debates: time and peak of memory, from
// votes as a database gives them to groups.
func BenchmarkGroups(b *testing.B) {
	for _, c := range []struct {
		name string
		d    Debate
	}{
		{"small", Debate{People: 300, Statements: 60, Groups: 3, Missing: 0.7, Weak: 1, Seed: 1}},
		{"largest French case", Debate{People: 6000, Statements: 800, Groups: 3, Missing: 0.975, Weak: 1, Pass: 0.1, Seed: 1}},
		{"the same, uneven", Debate{People: 6000, Statements: 800, Groups: 3, Missing: 0.975, Weak: 1, Pass: 0.1, Uneven: true, Seed: 1}},
		{"largest promised", Debate{People: 33_000, Statements: 1000, Groups: 4, Missing: 0.909, Weak: 1, Pass: 0.1, Seed: 1}},
		{"the same, uneven", Debate{People: 33_000, Statements: 1000, Groups: 4, Missing: 0.909, Weak: 1, Pass: 0.1, Uneven: true, Seed: 1}},
		{"the same, no groups", Debate{People: 33_000, Statements: 1000, Missing: 0.909, Weak: 1, Pass: 0.1, Seed: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			all := make([]opinion.Vote, 0, 3_200_000)
			for x := range c.d.Votes() {
				all = append(all, x)
			}
			peak := watch()
			var res opinion.Result
			var collected time.Duration
			for b.Loop() {
				start := time.Now()
				v, err := opinion.Collect(c.d.People, c.d.Statements, len(all), func(yield func(opinion.Vote) bool) {
					for _, x := range all {
						if !yield(x) {
							return
						}
					}
				})
				if err != nil {
					b.Fatal(err)
				}
				collected += time.Since(start)
				res = opinion.Refresh(v, opinion.Options{}, opinion.State{})
			}
			b.ReportMetric(peak(), "MB_peak")
			b.ReportMetric(float64(collected.Milliseconds())/float64(b.N), "ms_collect")
			b.ReportMetric(float64(len(all)), "votes")
			b.ReportMetric(float64(res.Groups), "groups")
			b.ReportMetric(opinion.Rand(res.Group, c.d.Truth()), "rand")
			b.ReportMetric(res.Confidence.Stability, "stability")
			runtime.KeepAlive(all)
		})
	}
}

// watch gives the most memory that the heap takes from now on, beyond what it holds
// now, in MB.
func watch() func() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	from, stop, done := m.HeapAlloc, make(chan struct{}), make(chan struct{})
	var top atomic.Uint64
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				top.Store(max(top.Load(), m.HeapAlloc))
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-done
		return (float64(top.Load()) - float64(from)) / 1e6
	}
}

func BenchmarkNext(b *testing.B) {
	for _, n := range []int{40, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			all := make([]opinion.Asked, n)
			for i := range all {
				all[i] = opinion.Asked{Statement: int32(i), All: opinion.Tally{Agree: int32(i % 50), Disagree: int32(i % 30), Pass: int32(i % 7)}, Extremity: float64(i%5) / 2}
			}
			for b.Loop() {
				opinion.Next(all, uint64(b.N), nil, 10)
			}
			b.ReportAllocs()
		})
	}
}
