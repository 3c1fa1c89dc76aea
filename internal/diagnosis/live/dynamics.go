package live

// dynamics is what happens: series, their pace, notes of expertise.
func dynamics() []block { return nil }
