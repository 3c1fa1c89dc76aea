package main

import (
	"encoding/json"
	"fmt"
	"math"
)

type point struct{ x, y float64 }

type ring []point

// shape is one territory on the drawing: its outer rings (holes are enclaves of
// a neighbour, which is drawn over them).
type shape struct {
	code, frame string
	rings       []ring
	// scale is how many units of the drawing a kilometre takes in its frame.
	scale float64
}

// frame is where an overseas territory is drawn, under the mainland.
type frame struct {
	name       string
	lon, lat   float64
	x, y, w, h float64
}

// frames lists the overseas frames from west to east of the drawing.
func frames() []frame {
	const top, width, height, gap = 1092, 212, 168, 20
	names := []frame{
		{name: "guadeloupe", lon: -61.5, lat: 16.2},
		{name: "martinique", lon: -61, lat: 14.65},
		{name: "guyane", lon: -53.2, lat: 4},
		{name: "la-reunion", lon: 55.5, lat: -21.1},
		{name: "mayotte", lon: 45.15, lat: -12.8},
	}
	for i := range names {
		names[i].x, names[i].y = float64(i)*(width+gap), top
		names[i].w, names[i].h = width, height
	}
	return names
}

const mainland = "hexagone"

// project reads the rings of a feature, in kilometres: Lambert's conformal
// conic projection with the parallels of the legal French one for the mainland
// and Corsica, a local plane overseas.
func project(f feature) (shape, error) {
	var polygons [][][][2]float64
	switch f.Geometry.Type {
	case "Polygon":
		var p [][][2]float64
		if err := json.Unmarshal(f.Geometry.Coordinates, &p); err != nil {
			return shape{}, err
		}
		polygons = [][][][2]float64{p}
	case "MultiPolygon":
		if err := json.Unmarshal(f.Geometry.Coordinates, &polygons); err != nil {
			return shape{}, err
		}
	default:
		return shape{}, fmt.Errorf("geometry %q", f.Geometry.Type)
	}
	s := shape{code: f.Properties.Code, frame: mainland, scale: 1}
	for _, p := range polygons {
		if len(p) == 0 || len(p[0]) < 4 {
			return shape{}, fmt.Errorf("a ring of %d points", len(p))
		}
		to, near := lambert, 4.0 // degrees: no frame is further from its centre
		for _, fr := range frames() {
			if d := math.Hypot(p[0][0][0]-fr.lon, p[0][0][1]-fr.lat); d < near {
				s.frame, to, near = fr.name, plane(fr), d
			}
		}
		var r ring
		for _, c := range p[0][:len(p[0])-1] { // the last point repeats the first
			r = append(r, to(c[0], c[1]))
		}
		s.rings = append(s.rings, r)
	}
	return s, nil
}

// lambert projects degrees to kilometres, y downwards; a sphere is enough at
// the scale of a screen.
func lambert(lon, lat float64) point {
	const radius, rad = 6371, math.Pi / 180
	t := func(phi float64) float64 { return math.Tan(math.Pi/4 + phi/2) }
	phi1, phi2, phi0 := 44*rad, 49*rad, 46.5*rad
	n := math.Log(math.Cos(phi1)/math.Cos(phi2)) / math.Log(t(phi2)/t(phi1))
	f := math.Cos(phi1) * math.Pow(t(phi1), n) / n
	rho, rho0 := radius*f/math.Pow(t(lat*rad), n), radius*f/math.Pow(t(phi0), n)
	theta := n * (lon - 3) * rad
	return point{rho * math.Sin(theta), rho*math.Cos(theta) - rho0}
}

// plane is the local projection of an overseas frame, in kilometres.
func plane(f frame) func(lon, lat float64) point {
	k := math.Cos(f.lat * math.Pi / 180)
	return func(lon, lat float64) point {
		return point{(lon - f.lon) * 111.2 * k, (f.lat - lat) * 111.2}
	}
}

// fit moves the mainland to the top left of the drawing, at one unit a
// kilometre, and each overseas territory to the middle of its frame, as large
// as the frame holds.
func fit(shapes []shape) {
	boxes := map[string][4]float64{}
	for _, s := range shapes {
		b, ok := boxes[s.frame]
		if !ok {
			b = [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		}
		for _, r := range s.rings {
			for _, p := range r {
				b = [4]float64{math.Min(b[0], p.x), math.Min(b[1], p.y), math.Max(b[2], p.x), math.Max(b[3], p.y)}
			}
		}
		boxes[s.frame] = b
	}
	for i := range shapes {
		s := &shapes[i]
		b := boxes[s.frame]
		k, dx, dy := 1.0, 6-b[0], 6-b[1]
		for _, f := range frames() {
			if f.name == s.frame {
				const margin, caption = 12, 34
				w, h := b[2]-b[0], b[3]-b[1]
				k = math.Min((f.w-2*margin)/w, (f.h-2*margin-caption)/h)
				dx = f.x + f.w/2 - k*(b[0]+w/2)
				dy = f.y + (f.h-caption)/2 - k*(b[1]+h/2)
			}
		}
		s.scale = k
		for _, r := range s.rings {
			for j, p := range r {
				r[j] = point{k*p.x + dx, k*p.y + dy}
			}
		}
	}
}
