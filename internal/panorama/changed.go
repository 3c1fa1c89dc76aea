package panorama

import (
	"strconv"
	"strings"
	"time"
)

// publication is the source that the displayed objectives come from.
const publication = "sgpe-2024-07"

// Changed is when the figures of this model last changed: the day of the last
// import that holds, or else the day on which the State published them.
func (m *Model) Changed() (at time.Time, imported bool) {
	if !m.imported.IsZero() {
		return m.imported, true
	}
	s, err := m.fw.Source(publication)
	if err != nil {
		return time.Time{}, false
	}
	at, err = time.Parse(time.DateOnly, s.Date)
	if err != nil {
		return time.Time{}, false
	}
	return at, false
}

// lastRun is the time of the last import among inputs. The id of a run is a
// UUIDv7, which begins with the milliseconds of its birth; another id, such as
// a test gives, tells no time.
func lastRun(in Inputs) (last time.Time) {
	see := func(run string) {
		hex := strings.ReplaceAll(run, "-", "")
		if len(hex) != 32 || hex[12] != '7' {
			return
		}
		if ms, err := strconv.ParseInt(hex[:12], 16, 64); err == nil {
			if at := time.UnixMilli(ms).UTC(); at.After(last) {
				last = at
			}
		}
	}
	for _, k := range in.Keys {
		see(k.Edition)
	}
	for _, o := range in.Objectives {
		see(o.Run)
	}
	for _, e := range in.Emissions {
		see(e.Run)
	}
	return last
}
