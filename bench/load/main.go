// Command load sends requests to a Jalon that runs on this machine and prints
// what they took. Two modes: as fast as a few connections can (-rate 0), which
// measures throughput; or at a fixed arrival rate, whatever the answers take,
// which is what measures latency: a slow answer delays no later request, and
// each latency is counted from the moment the request was due.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	target := flag.String("url", "http://localhost:8080/regions/grand-est/panorama", "page to ask for; this machine only")
	rate := flag.Int("rate", 0, "requests per second, 0 for as many as the connections can")
	conns := flag.Int("connections", 16, "connections kept open")
	lasts := flag.Duration("for", 10*time.Second, "how long")
	flag.Parse()
	if err := run(*target, *rate, *conns, *lasts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type sample struct {
	took  time.Duration
	bytes int64
	ok    bool
}

func run(target string, rate, conns int, lasts time.Duration) error {
	if err := local(target); err != nil {
		return err
	}
	client := &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns, DisableCompression: true},
	}
	ctx, cancel := context.WithTimeout(context.Background(), lasts)
	defer cancel()
	var samples []sample
	start := time.Now()
	if rate > 0 {
		samples = paced(ctx, client, target, rate)
	} else {
		samples = flatOut(ctx, client, target, conns)
	}
	report(samples, time.Since(start))
	return nil
}

// local refuses any target that is not this machine.
func local(target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("load: %s is not on this machine", target)
}

func get(client *http.Client, target string, due time.Time) sample {
	req, err := http.NewRequest(http.MethodGet, target, http.NoBody)
	if err != nil {
		return sample{}
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := client.Do(req)
	if err != nil {
		return sample{took: time.Since(due)}
	}
	n, err := io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return sample{took: time.Since(due), bytes: n, ok: err == nil && resp.StatusCode == http.StatusOK}
}

func flatOut(ctx context.Context, client *http.Client, target string, conns int) []sample {
	var mu sync.Mutex
	var all []sample
	var wg sync.WaitGroup
	for range conns {
		wg.Go(func() {
			var mine []sample
			for ctx.Err() == nil {
				mine = append(mine, get(client, target, time.Now()))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	return all
}

func paced(ctx context.Context, client *http.Client, target string, rate int) []sample {
	out := make(chan sample, 1024)
	var inFlight sync.WaitGroup
	var sent atomic.Int64
	go func() {
		start, every := time.Now(), time.Second/time.Duration(rate)
		for n := 0; ctx.Err() == nil; n++ {
			due := start.Add(time.Duration(n) * every)
			if wait := time.Until(due); wait > 0 {
				time.Sleep(wait)
			}
			sent.Add(1)
			inFlight.Go(func() { out <- get(client, target, due) })
		}
		inFlight.Wait()
		close(out)
	}()
	var all []sample
	for s := range out {
		all = append(all, s)
	}
	return all
}

func report(samples []sample, lasted time.Duration) {
	var bytes int64
	failed := 0
	took := make([]time.Duration, 0, len(samples))
	for _, s := range samples {
		took = append(took, s.took)
		bytes += s.bytes
		if !s.ok {
			failed++
		}
	}
	if len(took) == 0 {
		fmt.Println("no request was sent")
		return
	}
	slices.Sort(took)
	at := func(p float64) time.Duration { return took[min(len(took)-1, int(p*float64(len(took))))] }
	fmt.Printf("%d requests in %.1f s: %.0f/s, %d failed, %.1f KiB each\n", len(samples), lasted.Seconds(),
		float64(len(samples))/lasted.Seconds(), failed, float64(bytes)/float64(len(samples))/1024)
	fmt.Printf("p50 %v  p95 %v  p99 %v  max %v\n", at(0.50).Round(10*time.Microsecond), at(0.95).Round(10*time.Microsecond),
		at(0.99).Round(10*time.Microsecond), took[len(took)-1].Round(10*time.Microsecond))
}
