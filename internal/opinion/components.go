package opinion

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

const (
	mostSteps = 160   // of Lanczos
	settled   = 1e-10 // residual of a component, over the first value
)

// components are the directions along which answers differ most: unit vectors over
// the statements, and the sum of squares along each. Found by Lanczos' method with
// full reorthogonalisation, which only needs the product by CᵀC: one walk through
// the answers.
type components struct {
	values  []float64
	vectors [][]float64
	total   float64 // sum of squares of the whole matrix
}

// multiply sets out to CᵀC·x. Rows are cut in two halves, always, and their sums
// added in order: the same bits on any number of cores.
func (m *matrix) multiply(x, out, spare []float64) {
	half := m.half()
	clear(out)
	clear(spare)
	var wg sync.WaitGroup
	wg.Go(func() { m.walk(x, spare, half, m.rows) })
	m.walk(x, out, 0, half)
	wg.Wait()
	for i, s := range spare {
		out[i] += s
	}
}

// half is the row that cuts the answers in two.
func (m *matrix) half() int {
	at, _ := slices.BinarySearch(m.start, int32(len(m.col)/2))
	return min(at, m.rows)
}

func (m *matrix) walk(x, out []float64, from, to int) {
	for r := from; r < to; r++ {
		col, val := m.col[m.start[r]:m.start[r+1]], m.val[m.start[r]:m.start[r+1]]
		sum := 0.0
		for i, c := range col {
			sum += (float64(val[i]) - m.mean[c]) * x[c]
		}
		if sum == 0 {
			continue
		}
		for i, c := range col {
			out[c] += sum * (float64(val[i]) - m.mean[c])
		}
	}
}

// principal finds the first components, most at most; fewer when the matrix has
// fewer. Signs are such that the heaviest loading of each is positive. near, when
// given, is where to start: what was found last time.
func (m *matrix) principal(most int, near [][]float64) components {
	var c components
	for i, col := range m.col {
		d := float64(m.val[i]) - m.mean[col]
		c.total += d * d
	}
	if m.cols == 0 || c.total == 0 {
		return c
	}
	steps := min(m.cols, mostSteps)
	basis := make([][]float64, 0, steps)
	v, spare := make([]float64, m.cols), make([]float64, m.cols)
	r := sequence{17}
	for i := range v {
		v[i] = (r.unit() - 0.5) / math.Sqrt(float64(m.cols))
	}
	for _, n := range near {
		for i := range min(len(n), len(v)) {
			v[i] += n[i]
		}
	}
	normalise(v)
	var alpha, beta []float64
	for len(basis) < steps {
		basis = append(basis, v)
		w := make([]float64, m.cols)
		m.multiply(v, w, spare)
		alpha = append(alpha, product(v, w))
		for range 2 { // once leaves what rounding brought back
			for _, b := range basis {
				add(w, b, -product(w, b))
			}
		}
		norm := normalise(w)
		if n := len(basis); n == steps || norm < 1e-13*c.total || n >= 2*most && n%8 == 0 {
			values, vectors := tridiagonal(alpha, beta)
			k := min(most, n)
			done := n == steps || norm < 1e-13*c.total
			if !done {
				done = true
				for j := range k {
					done = done && norm*math.Abs(vectors[j][n-1]) < settled*values[0]
				}
			}
			if done {
				c.combine(basis, values[:k], vectors)
				return c
			}
		}
		beta = append(beta, norm)
		v = w
	}
	return c
}

// combine turns what Lanczos found into directions over the statements.
func (c *components) combine(basis [][]float64, values []float64, vectors [][]float64) {
	for j, value := range values {
		if value < 1e-10*values[0] {
			return
		}
		d := make([]float64, len(basis[0]))
		for i, b := range basis {
			add(d, b, vectors[j][i])
		}
		normalise(d)
		top := 0
		for i, x := range d {
			if math.Abs(x) > math.Abs(d[top])+1e-12 {
				top = i
			}
		}
		if d[top] < 0 {
			scale(d, -1)
		}
		c.values, c.vectors = append(c.values, value), append(c.vectors, d)
	}
}

// project places people along the components: what they answered, times
// √(statements / answers), so that who answered little is not taken for a moderate
// (the square root only: their place is also less known). Points are laid one
// after the other, as many numbers each as there are components.
func (m *matrix) project(vectors [][]float64) []float64 {
	dims := len(vectors)
	out := make([]float64, m.rows*dims)
	asked := m.asked()
	for r := range m.rows {
		from, to := m.start[r], m.start[r+1]
		if from == to {
			continue
		}
		point := out[r*dims : (r+1)*dims]
		for i := from; i < to; i++ {
			c := m.col[i]
			d := float64(m.val[i]) - m.mean[c]
			for j, v := range vectors {
				point[j] += d * v[c]
			}
		}
		scale(point, math.Sqrt(float64(asked)/float64(to-from)))
	}
	return out
}

// asked is how many columns hold an answer.
func (m *matrix) asked() int {
	seen, n := make([]bool, m.cols), 0
	for _, c := range m.col {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

func product(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

func add(to, x []float64, times float64) {
	for i, v := range x {
		to[i] += times * v
	}
}

func scale(x []float64, times float64) {
	for i := range x {
		x[i] *= times
	}
}

func normalise(x []float64) float64 {
	norm := math.Sqrt(product(x, x))
	if norm > 0 {
		scale(x, 1/norm)
	}
	return norm
}

// tridiagonal gives the eigenvalues of a symmetric tridiagonal matrix, the largest
// first, and its eigenvectors (implicit QL).
func tridiagonal(diagonal, off []float64) (values []float64, vectors [][]float64) {
	n := len(diagonal)
	d, e := slices.Clone(diagonal), make([]float64, n)
	copy(e, off[:n-1])
	z := make([][]float64, n) // columns of the matrix of vectors
	for i := range z {
		z[i] = make([]float64, n)
		z[i][i] = 1
	}
	for l := range n {
		for range 60 {
			k := l
			for ; k < n-1; k++ {
				if math.Abs(e[k]) <= 1e-16*(math.Abs(d[k])+math.Abs(d[k+1])) {
					break
				}
			}
			if k == l {
				break
			}
			g := (d[l+1] - d[l]) / (2 * e[l])
			g = d[k] - d[l] + e[l]/(g+math.Copysign(math.Hypot(g, 1), g))
			s, c, p := 1.0, 1.0, 0.0
			zero := false
			for i := k - 1; i >= l; i-- {
				f, b := s*e[i], c*e[i]
				r := math.Hypot(f, g)
				e[i+1] = r
				if r == 0 {
					d[i+1] -= p
					e[k] = 0
					zero = true
					break
				}
				s, c = f/r, g/r
				g = d[i+1] - p
				r = (d[i]-g)*s + 2*c*b
				p = s * r
				d[i+1] = g + p
				g = c*r - b
				for j := range n {
					f := z[i+1][j]
					z[i+1][j] = s*z[i][j] + c*f
					z[i][j] = c*z[i][j] - s*f
				}
			}
			if zero {
				continue
			}
			d[l] -= p
			e[l] = g
			e[k] = 0
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d[b], d[a]) })
	for _, i := range order {
		values, vectors = append(values, d[i]), append(vectors, z[i])
	}
	return values, vectors
}
