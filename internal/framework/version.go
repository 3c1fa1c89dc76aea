package framework

// versions lists what is known of each version, oldest first; counts come from
// the table of levers.
func versions() []Version {
	return []Version{
		{ID: National, Title: "30 leviers de 2023-24", Year: "2023-24", Source: "sgpe-2024-07"},
		{ID: Overseas, Title: "13 leviers de l’outre-mer", Year: "2024", Source: "sgpe-2024-07"},
		{ID: March2025, Title: "50 leviers de mars 2025", Year: "2025", Source: "referentiel-2025"},
		{ID: Adaptation, Title: "22 leviers d’adaptation", Year: "2025", Source: "referentiel-2025-adaptation"},
		{ID: Year2026, Title: "Référentiel national 2026", Year: "2026", Source: "referentiel-2026"},
		{ID: Wide2026, Title: "Leviers élargis de 2026", Year: "2026", Derived: true, Source: "referentiel-2026"},
	}
}

func versionIDs() []string {
	var ids []string
	for _, v := range versions() {
		ids = append(ids, v.ID)
	}
	return ids
}

// count fills the versions that have levers.
func (f *Framework) count() {
	for _, v := range versions() {
		for _, l := range f.levers {
			if l.Version == v.ID {
				v.Count++
				if l.Territorial {
					v.Territorial++
				}
			}
		}
		if v.Count > 0 {
			f.versions = append(f.versions, v)
		}
	}
}
