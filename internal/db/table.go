package db

// Scope says whose rows a table holds, hence which exports and which erasures
// take them.
type Scope string

// The four scopes.
const (
	Nation Scope = "nation" // shared by all: reference data, series
	COP    Scope = "cop"    // rows of one COP (they carry cop_id, or hang from one that does)
	Person Scope = "person" // rows of one person: sessions, preferences
	Local  Scope = "local"  // this installation only: secrets, queues; never dumped
)

// Table describes one table to what treats them all alike: dump, load, region
// export, erasure, counts. Each room lists its own; a test compares the union
// with the live schemas.
type Table struct {
	Name     string
	Order    []string // key columns: the order of a dump, hence of its digest
	Scope    Scope
	Personal []string // columns that hold personal data, for erasure
	// Owner names the columns that say, by an account or an address, whom a row is
	// about: those people read the whole of it. Whoever stands in another personal
	// column only acted, and reads that they did.
	Owner []string
	// Free names the personal columns by which nobody is looked for: free text, and
	// what the room itself empties at an erasure.
	Free []string
	// Secret names the columns that open a door; no export holds them.
	Secret []string
}

// Tables lists the tables that belong to no room.
func Tables() []Table {
	return []Table{
		{Name: "data_version", Order: []string{"name"}, Scope: Nation},
		{Name: "export", Order: []string{"id"}, Scope: Nation, Personal: []string{"by"}},
		{Name: "setting", Order: []string{"name"}, Scope: Local},
	}
}
