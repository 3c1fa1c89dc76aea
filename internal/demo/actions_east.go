package demo

// actionsPublic are the examples that the COP of Grand Est published, in our words: what
// they aim at is theirs, and their dates, funding and assessments are invented. Each
// line: levers, the first central; places (r the region, d67 a département, a commune, @
// the intercommunalité of a commune); fate (P proposed, Q qualified, V in the vivier, B
// debated, R retained, W waiting for one head); step; start-end; status; what it
// brings; budget in k€; holder; title; summary.
//
// What it brings: nothing (not assessed), ~ words, a quantity and its unit (with * when
// gross), or = kt and how they were found.
const actionsPublic = `
gestion-haies,pratiques-stockantes|r|R|infrastructure|2024-2030|going|4000 km*||Région Grand Est|Planter 4 000 km de haies|Planter, avec les agriculteurs, les communes et les lycées agricoles, et engager l’entretien dès la plantation. Les 4 000 km visés se comptent à la plantation ; ce qui est arraché pendant ce temps n’en est pas retiré.
prevention-dechets|r|R|infrastructure|2025-2030|going|~Les matériaux remis en œuvre évitent d’en fabriquer des neufs ; aucun suivi ne dit encore combien.|8400|Équipe de la COP (démonstration)|Ouvrir 70 matériauthèques|Un lieu de réemploi de matériaux de construction dans chaque bassin de vie, ouvert aux artisans et aux particuliers.
sobriete-fonciere,gestion-haies|r|R|study|2024-2028|going|~L’atlas dit où ne pas bâtir ; l’effet passe par les documents d’urbanisme.|3200|Équipe de la COP (démonstration)|Un atlas de la biodiversité par intercommunalité|Faire, intercommunalité par intercommunalité, l’inventaire de ce qui vit là, et le tenir prêt pour les plans locaux d’urbanisme.
residentiel-sobriete-isolation,residentiel-gaz|r|R|decision|2026-2030|late|-0,6 TWh|25000|Région Grand Est|Un fonds de garantie pour la rénovation des copropriétés|Garantir les prêts collectifs pour que les copropriétés votent la rénovation d’ensemble en une fois.
elevage-durable,gestion-prairies|r|R|decision|2025-2030|going|~L’herbe conservée garde le carbone du sol ; l’effet sur le méthane dépend de chaque troupeau.|12000|Équipe de la COP (démonstration)|Des élevages à l’herbe qui tiennent aux aléas|Accompagner les éleveurs qui gardent ou remettent des prairies, et payer mieux ce qu’ils produisent.
production-industrielle|r|R|study|2024-2030|going|~Dix-huit projets engagés ; leurs tonnes sont dites site par site, et ne sont pas additionnées ici.|40000|Région Grand Est|Accompagner la décarbonation des sites industriels|Aider chaque site à décider et à financer. 118 projets ont été repérés : c’est ce qui pourrait être accompagné, et non une cible.
velo-transports-commun,covoiturage,reduction-deplacements|r|R|infrastructure|2025-2030|going|=85 Ordre de grandeur du groupe « Se déplacer » : trajets domicile-travail de moins de 10 km, un sur douze reporté (calcul inventé).|60000|Région Grand Est|Vélo, covoiturage et transport à la demande|Relier les bourgs aux gares par des pistes, des arrêts de covoiturage et des lignes à la demande.
sobriete-fonciere|r|W|infrastructure|2023-2029|going|~Rendre un sol perméable aide l’eau et la fraîcheur ; aucune tonne ne lui est comptée.|18000|Équipe de la COP (démonstration)|Rendre les sols perméables|Ôter le bitume des cours, places et parkings : 1 487 000 m² sont déclarés faits.
sobriete-fonciere|r|R|decision|2022-2030|going|~Mille hectares de friches reprises sont déclarés ; ce qu’ils évitent de bâtir ailleurs n’est pas mesuré.|55000|Équipe de la COP (démonstration)|Bâtir d’abord sur les friches|Reprendre les friches avant d’ouvrir des terres : 1 000 ha sont déclarés réemployés.
electricite-renouvelable|r|R|infrastructure|2023-2030|going|~430 MW sont déclarés installés ; ce qu’ils évitent dépend de l’électricité qu’ils remplacent.|120000|Équipe de la COP (démonstration)|Installer des énergies renouvelables|Toits, parkings, friches et parcs déjà acceptés, dans l’ordre où les habitants y ont part.
voitures-electriques|r|W|infrastructure|2022-2028|going|~Une borne n’évite rien seule : elle rend possible le passage à l’électrique, compté ailleurs.|26000|Équipe de la COP (démonstration)|Des bornes de recharge à moins de vingt minutes|3 200 bornes sont déclarées installées ; il reste les bourgs sans garage et les vallées.
pratiques-stockantes,fertilisation-azotee|r|R|awareness|2025-2027|going|4 kha/an|1199,3|Région Grand Est et chambre régionale d’agriculture|Aider l’agriculture à s’adapter au climat (programme ACSE)|Diagnostics et essais dans les fermes. 1 199 300 € est un budget ; la quantité d’hectares est inventée pour la démonstration.
sobriete-fonciere|r|B|own|2025-2029|going|~Cours plus fraîches et sols vivants ; aucune tonne ne leur est comptée.|9500|Région Grand Est|Désimperméabiliser et planter les cours des lycées|Lycée par lycée, avec les élèves : ôter le bitume, planter, garder l’eau.
prevention-dechets|r|Q|own|2025-2028|coming||2100|Région Grand Est|Récupérer l’eau de pluie dans les lycées|Des cuves pour les jardins et les sanitaires, d’abord dans les secteurs où l’eau manque l’été.
`

// actionsEast are invented, as are those who carry them.
const actionsEast = `
residentiel-fioul|d08|R|infrastructure|2025-2029|going|-3,2 milliers de logements|14000|Syndicat d’énergie des Crêtes (inventé)|Sortir 3 200 logements du fioul dans les Ardennes|Une pompe à chaleur ou le bois selon la maison, et un seul guichet pour la demande d’aide.
residentiel-fioul|d88|B|infrastructure|2026-2030|coming|-4,5 milliers de logements|19500|Parc des Ballons (porteur inventé)|Changer 4 500 chaudières au fioul dans les vallées|Par commune entière, pour que l’artisan ne revienne pas dix fois.
residentiel-gaz|d67|B|infrastructure|2026-2030|coming|-6 milliers de logements|31000|@@|Six mille logements du gaz au réseau de chaleur|Raccorder les immeubles de la première couronne au fur et à mesure des travaux de voirie.
residentiel-sobriete-isolation|d54|R|awareness|2025-2028|going|-0,05 TWh|2600|Maison de l’habitat du Saintois (inventée)|Un conseiller qui vient à la maison|Deux visites : une avant, une un an après, chez les ménages sans grands moyens.
residentiel-sobriete-isolation|d10|Q|infrastructure|2026-2029|coming|-0,12 TWh|22000|Bailleur des Trois-Vallées (inventé)|Rénover les cités des années soixante par grappes|Cinq immeubles identiques, un seul marché, un seul chantier après l’autre.
tertiaire-sobriete-isolation|d57|R|own|2025-2027|going|-0,02 TWh|4300|Agence locale de l’énergie des Côtes (inventée)|Fermer un étage de bureaux l’hiver|Regrouper les services le vendredi et couper le chauffage du reste, bâtiment par bâtiment.
tertiaire-sobriete-isolation|d51|P|own|2026-2029|coming||7800|Centre hospitalier inventé de la Vesle|Isoler les pavillons d’un hôpital|L’étude est commandée ; les économies ne sont pas encore connues.
tertiaire-fioul|d55|Q|own|2026-2027|coming|-0,01 TWh|1900|Pays d’Argonne (inventé)|Remplacer le fioul des salles des fêtes|Vingt-deux communes achètent ensemble ; l’appoint sert aux week-ends de grand froid.
tertiaire-gaz|d68|P|own|2026-2028|coming|-0,03 TWh|3600|Syndicat des piscines (inventé)|Couvrir les bassins la nuit|Une bâche et un réglage, cinq piscines, avant l’été.
reseaux-chaleur|d52|B|infrastructure|2026-2030|coming|=9,4 Chaleur de fonderie livrée à 1 900 logements, à la place du gaz (calcul inventé).|17500|Fonderie de la Plaine (inventée)|Chauffer un quartier avec la chaleur d’une fonderie|La vapeur qui part au-dessus du quartier le chauffe ; un appoint bois couvre les arrêts.
reseaux-chaleur|d67|R|infrastructure|2024-2028|blocked|=6,1 Géothermie à 90 °C livrée à 2 300 logements (calcul inventé).|38000|Régie Chaleur du Ried (inventée)|Un réseau de géothermie profonde|Le forage attend l’autorisation ; le réseau est dessiné et les immeubles ont signé.
voitures-electriques|d67|R|infrastructure|2024-2027|going|3 milliers de véhicules|5200|Autopartage du Rhin (coopérative inventée)|Partager des voitures électriques entre villages|Une voiture pour trois villages, réservée par téléphone aussi.
voitures-electriques|d57|B|decision|2026-2030|coming|9 milliers de véhicules|15000|Club des employeurs frontaliers (inventé)|Passer les flottes frontalières à l’électrique|Les employeurs changent ensemble leurs véhicules, et installent les bornes chez eux.
voitures-electriques|d10|P|awareness|2026-2028|coming||600|Garages solidaires (association inventée)|Louer une voiture électrique à petit prix|Pour qui travaille en horaires décalés et n’a pas de car.
bus-cars-decarbones|d88|R|infrastructure|2025-2029|going|85 bus et cars|21000|Régie des cars des Hautes-Vallées (inventée)|Des cars scolaires électriques en vallée|D’abord le fond des vallées, où l’air stagne et où les trajets sont courts.
bus-cars-decarbones|d51|Q|infrastructure|2027-2030|coming|40 bus et cars|16500|Transports de la Montagne de Reims (inventés)|Quarante bus au biogaz local|Le gaz vient de deux unités déjà autorisées.
covoiturage|d08|R|infrastructure|2024-2027|going|=2,8 41 000 habitants concernés, un trajet partagé sur quarante (calcul inventé).|1400|Pays rethélois mobile (inventé)|Douze arrêts de covoiturage aux ronds-points|Un abri, un nom de lieu, deux euros versés tout de suite à qui emmène.
covoiturage|@Sélestat|Q|infrastructure|2026-2028|coming||3900|Syndicat de la route partagée (inventé)|Une voie réservée à l’entrée de l’agglomération|Aux heures de pointe, pour les cars et les voitures de deux personnes et plus.
velo-transports-commun|d88|B|infrastructure|2025-2028|late|=3,3 2 900 lycéens et salariés à moins de 6 km de la gare (calcul inventé).|9800|Vélo des Côtes (syndicat inventé)|Finir la piste de la gare au lycée|Il manque 1 200 m et un pont ; le reste roule déjà.
velo-transports-commun|d55|P|decision|2026-2027|coming||350|Usagers du train du quotidien (association inventée)|Un car après le dernier train du vendredi|Un essai d’un an, évalué avec les lycées.
reduction-deplacements|d52|R|own|2025-2026|done|~Un bureau partagé évite quelques trajets longs ; les fréquentations seront publiées.|280|Bourg vivant (association inventée)|Un bureau partagé dans l’ancienne trésorerie|Vingt places, la fibre, et une permanence de services publics le mardi.
fret-decarbone-multimodalite|d51|B|infrastructure|2026-2030|blocked|=14 310 000 t par an du camion à la voie d’eau (calcul inventé).|34000|Port du Canal (syndicat inventé)|Rouvrir le quai de la zone d’activité|Le canal passe derrière les usines ; le quai attend l’accord sur le dragage.
fret-efficacite-sobriete|d10|R|awareness|2025-2028|going|4 Mtkm/an|900|Transports Lambertin (inventé)|Remplir les camions au retour|Une bourse de fret locale, tenue par les transporteurs eux-mêmes.
production-industrielle|d88|B|study|2026-2030|coming|=48 Chaudière électrique et chaleur récupérée à la place du gaz (calcul inventé).|27000|Papeterie des Trois-Fontaines (inventée)|De la vapeur sans gaz dans une papeterie|La décision dépend du raccordement électrique, attendu en 2028.
production-industrielle|d54|P|study|2026-2029|coming||4100|Union des cristalleries (inventée)|Un four électrique partagé|Trois ateliers, un four : l’étude dira si les calendriers s’accordent.
electricite-renouvelable|d68|R|infrastructure|2024-2028|going|~Les habitants en possèdent la moitié ; ce que cela évite dépend de l’électricité remplacée.|6400|Toits partagés (association inventée)|Des toits publics financés par les habitants|Quarante écoles et gymnases, une part à 100 €.
biogaz|d55|R|infrastructure|2025-2029|going|=7,5 Gaz injecté à la place du gaz naturel, pertes retirées (calcul inventé).|23000|Énergies du Barrois (société inventée)|Une unité de biogaz sans culture dédiée|Fumiers et intercultures seulement ; le suivi des fuites est public.
valorisation-matiere-dechets|d57|Q|infrastructure|2026-2029|coming||8200|Syndicat du tri de la Nied (inventé)|Un centre de tri des textiles|Trier ce qui se porte encore avant de recycler le reste.
prevention-dechets|d54|B|awareness|2025-2028|going|~Moins de biodéchets brûlés ; les pesées commencent.|1700|Récup’ et compagnie (association inventée)|Une ressourcerie par bassin de vie|Réparer, revendre, apprendre : trois lieux ouverts, cinq à trouver.
captage-methane|d08|R|infrastructure|2025-2027|going|=5,2 Captage porté de 55 à 80 % sur un site (calcul inventé).|3300|Syndicat des Rièzes (inventé)|Capter mieux le méthane d’une décharge|Des puits plus serrés et une couverture reprise avant l’hiver.
fertilisation-azotee|d51|R|decision|2025-2030|going|-3 kt|4600|Coopérative des Collines (inventée)|Des pois et de la luzerne à prix garanti|Un contrat de cinq ans entre la coopérative, deux éleveurs et les cantines.
fertilisation-azotee|d10|P|awareness|2026-2028|coming||450|Plaines et haies (association inventée)|Des analyses de sol que l’on comprend|Gratuites, relues à deux voisins, avec un conseil de dose.
batiments-machines-agricoles|d52|Q|infrastructure|2026-2029|coming|-0,01 TWh|2400|Coopérative du Bassigny (inventée)|Prêter les machines plutôt que les acheter|Un semoir direct pour douze fermes, et un tracteur électrique à l’essai.
gestion-prairies|d88|R|decision|2025-2030|going|0,15 kha/an|5100|Collectif Rivières (inventé)|Garder les prairies humides|Un paiement à l’hectare, sur dix ans, pour qui les garde en herbe.
gestion-prairies|d54|P|decision|2026-2030|coming||900|Éleveurs du plateau (groupement inventé)|Faire pâturer les vergers|De l’herbe sous les arbres, moins de tonte, des clôtures prêtées.
produits-bois|d88|B|decision|2025-2029|going|~Le hêtre mis en œuvre garde son carbone ; l’effet dépend de la durée des ouvrages.|3700|Scierie du Haut-Vallon (inventée)|Du hêtre d’ici dans les écoles d’ici|Un marché groupé de dix écoles, écrit avec les scieries.
sobriete-fonciere|@Haguenau|R|decision|2025-2028|going|~Onze terrains vides par bourg en moyenne : autant de champs gardés.|600|Atelier d’urbanisme du Nord (inventé)|Remplir les dents creuses d’abord|Un relevé des terrains vides, et une aide à qui partage le sien.
gestion-haies|@Verdun|Q|infrastructure|2025-2028|going|60 km*|1500|Communauté inventée des Côtes de Meuse|Planter 60 km de haies le long des chemins|Avec les agriculteurs, sur les chemins ruraux, entretien compris.
gestion-haies|Verdun|Q|infrastructure|2025-2028|going|60 km*|1500|Commune (porteur inventé)|Plantation de haies le long des chemins ruraux (60 km)|Planter 60 km de haies sur les chemins ruraux avec les agriculteurs, entretien compris.
voitures-electriques|d68|V:hors_cop_mais_crte|own|2026-2027|coming||120|Commune inventée du Val|Acheter deux voitures électriques pour la mairie|Utile, mais propre à une commune : le contrat local est sa place.
prevention-dechets|d67|V:a_travailler|awareness|2026-2027|coming||80|Lycée inventé des Tilleuls|Un marché de la réparation au lycée|L’idée plaît ; il manque ceux qui la porteraient ailleurs.
`

// actionsElsewhere are those of the two other regions that debate, all invented.
var actionsElsewhere = map[string]string{
	"04": `
om-sobriete-solaire-thermique|r|R|infrastructure|2025-2028|going|=11 9 000 logements sociaux équipés (calcul inventé).|24000|Bailleurs des Hauts (groupement inventé)|Des chauffe-eau solaires pour le logement social|Neuf mille logements, et un contrat d’entretien de dix ans.
om-covoiturage-report-modal|r|B|infrastructure|2026-2029|coming|=6 Trois lignes, 14 000 voyageurs par jour (calcul inventé).|52000|Syndicat des lignes express (inventé)|Trois lignes de cars en voie réservée|Un essai par bassin, aux heures de pointe, avant tout grand chantier.
om-mix-electrique|r|B|infrastructure|2026-2030|coming|~Moins de fioul brûlé le soir ; le gain dépend du stockage.|31000|Énergie de l’île (société inventée)|Stocker le soleil pour le soir|Des batteries près des postes, et des toits d’école.
om-dechets|r|Q|infrastructure|2026-2028|coming||4800|Récup’ des Pentes (association inventée)|Composter les déchets des marchés|Cinq marchés forains, un compost pour les maraîchers.
om-gaz-hfc|r|P|awareness|2026-2027|coming||300|Froid durable (association inventée)|Former les frigoristes aux fuites|Cent vingt artisans formés, un carnet par installation.
om-voitures-electriques|r|V:a_remonter|decision|2026-2030|coming||1500|Commerces de la Plaine (union inventée)|Recharger de jour, au soleil|Le tarif ne dépend pas de la COP : il est à remonter.
`,
	"53": `
gestion-haies|r|B|infrastructure|2025-2030|going|900 km*|14500|Observatoire du bocage (inventé)|Planter et garder 900 km de haies|Planter autant que l’on garde, et payer l’entretien.
voitures-electriques|r|Q|infrastructure|2026-2029|coming|7 milliers de véhicules|11000|Autopartage des bourgs (coopérative inventée)|Une voiture partagée par bourg|Électrique, réservée aussi par téléphone.
fertilisation-azotee|r|B|decision|2025-2029|going|-2 kt|3900|Éleveurs du bassin (groupement inventé)|Moins d’azote dans les bassins versants|Des contrats par bassin, évalués sur l’eau.
velo-transports-commun|r|P|decision|2026-2028|coming||2700|Usagers des cars (association inventée)|Relier les bourgs aux gares|Une carte des manques, puis trois lignes.
residentiel-sobriete-isolation|r|P|awareness|2026-2028|coming||1300|Maison de l’habitat du large (inventée)|Un conseiller rénovation par canton|Deux visites par foyer, avant et après.
`,
}
