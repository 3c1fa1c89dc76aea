package chart

// TreeGroup is a family of a drawn treemap, of one tone, with its name and its
// total over its cells.
type TreeGroup struct {
	Name, Text string
	Tone       Tone
	Over       Tone // of what is written on its cells; Ink when empty
	Cells      []TreeCell
}

// TreeCell is one surface: what it is, its value as a reader reads it.
type TreeCell struct {
	Name, Short, Text string
	Value             float64
	Href              string
}

const (
	treeText = 15
	treePad  = 6
)

// TreemapDrawing draws families and their cells in an area of w by h units. A
// cell that is too small for its name has its title only: it is in the table.
func TreemapDrawing(groups []TreeGroup, w, h int) Drawing {
	d := Drawing{W: max(w, 0), H: max(h, 0)}
	amounts := make([][]float64, len(groups))
	for i, g := range groups {
		for _, c := range g.Cells {
			amounts[i] = append(amounts[i], c.Value)
		}
	}
	for i, g := range Nested(amounts, Rect{W: d.W, H: d.H}, 26) {
		if g.Box.Empty() {
			continue
		}
		x := groups[i]
		if !g.Head.Empty() {
			name := x.Name
			if full := name + "\u00a0: " + x.Text; x.Text != "" && Fit(full, g.Head.W-12, 26, treeText+1) != nil {
				name = full
			}
			d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{g.Head.X + 2, g.Head.Y + 18}, Text: Ellipsis(name, g.Head.W-10, treeText+1), Size: treeText, Anchor: "start", Bold: true}})
		}
		over := x.Over
		if over == "" {
			over = Ink
		}
		for k, box := range g.Cells {
			if box = box.Inset(1); !box.Empty() {
				d.cell(x.Cells[k], box, x.Tone, over)
			}
		}
	}
	return d
}

// cell draws one surface with its name and its value, where they hold.
func (d *Drawing) cell(c TreeCell, box Rect, tone, over Tone) {
	d.Shapes = append(d.Shapes, Shape{Box: &box, Fill: tone, Edge: Second, Href: c.Href, Title: c.Name + "\u00a0: " + c.Text})
	w, h := box.W-2*treePad, box.H-2*treePad
	for _, size := range []int{treeText, treeText - 2} {
		for _, name := range []string{c.Name, c.Short} {
			lines := Fit(name, w, h, size)
			if name == "" || lines == nil {
				continue
			}
			if Fit(c.Text, w, h, size) != nil && (len(lines)+1)*lineHeight(size) <= h {
				lines = append(lines, c.Text)
			}
			for i, l := range lines {
				d.Shapes = append(d.Shapes, Shape{Edge: over, Label: &Label{At: Point{box.X + treePad, box.Y + treePad + size - 2 + i*lineHeight(size)}, Text: l, Size: size, Anchor: "start"}})
			}
			return
		}
	}
}
