package e2e

import "testing"

// weight is what a page cost the reader's line, everything it loads included.
type weight struct{ Requests, Bytes, Script int64 }

const readWeight = `(() => {
	const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
	const sum = list => list.reduce((n, e) => n + e.transferSize, 0);
	return {Requests: all.length, Bytes: sum(all), Script: sum(all.filter(e => e.initiatorType === "script"))};
})()`

// A region's panorama is read on a phone, far from an antenna.
func TestWeightOfARegionPage(t *testing.T) {
	p := Open(t, Start(t).URL())
	for _, path := range []string{"/regions/grand-est/panorama", "/simulateur/grand-est"} {
		get(p, "empty the cache", coldCache)
		p.Visit(path)
		w := Eval[weight](p, readWeight)
		t.Logf("%s: %d requests, %.1f KiB, of which %.1f KiB of script", path, w.Requests, float64(w.Bytes)/1024, float64(w.Script)/1024)
		if w.Bytes < 5<<10 {
			t.Errorf("%s: %d bytes: nothing was measured", path, w.Bytes)
		}
		if w.Requests > 8 || w.Bytes > 100<<10 || w.Script > 20<<10 {
			t.Errorf("%s: %+v is over 8 requests, 100 KiB or 20 KiB of script", path, w)
		}
	}
}
