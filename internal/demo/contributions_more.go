package demo

// contributionsMore are those of the other two regions, as contributionsEast.
var contributionsMore = map[string]string{
	"04": `
se-loger om-sobriete-solaire-thermique|Saint-Paul|18|R|Un chauffe-eau solaire dans chaque case ancienne|Les logements neufs en ont, les anciens non. Ce sont pourtant ceux qui paient le plus pour l’eau chaude.|Retenue : les logements construits avant 2000 passent d’abord.
produire om-mix-electrique|Saint-Pierre|14|P|Stocker le soleil de midi pour le soir|On a du soleil à midi et des pannes à 19 h. Des batteries de quartier, partagées, coûteraient moins que de tout surdimensionner.|Retenue en partie : un essai de quartier est proposé ; son coût sera publié.
se-deplacer om-covoiturage-report-modal|Saint-Denis|25|s|Un bus qui ne reste pas dans le bouchon|Le bus met autant de temps que la voiture, puisqu’il est derrière elle. Une voie pour lui, même peinte le temps d’essayer, et je laisse la mienne.
se-deplacer om-voitures-electriques|Le Tampon|9|a|Charger au travail, quand il fait soleil|Si l’on branche tous le soir, on brûle du fioul. Des prises sur les parkings des zones d’activité changeraient l’heure, donc l’électricité.
preserver om-artificialisation-deboisement|Saint-Joseph|12||Garder les terres à canne pour nourrir l’île|On bâtit en bas, on défriche en haut. Entre les deux il reste les champs, et ce sont eux que l’on vise.
consommer om-dechets|Saint-Benoît|8||Broyer les déchets verts sur place|Après chaque coup de vent, des camions de branches descendent. Un broyeur par quartier ferait du paillage et moins de camions.
se-nourrir |Saint-Leu*|11|R|Des fruits d’ici à la cantine|Les mangues tombent par terre et les enfants mangent des pommes qui ont fait 9 000 km.|Retenue : les achats des cantines seront publiés, et une plateforme de commande est mise à l’essai.
produire om-mix-electrique|Saint-André|6|N|Couper la climatisation des magasins|On y gèle. Une loi et c’est réglé.|Non retenue : la règle serait nationale. Une charte avec les commerces volontaires est proposée.
`,
	"53": `
se-nourrir gestion-haies|Pontivy|21|R|Payer l’entretien du bocage|Planter, tout le monde applaudit. Tailler à la bonne saison pendant trente ans, il n’y a plus personne.|Retenue : l’entretien est inscrit avant la plantation.
se-nourrir elevage-durable|Loudéac|17|s|De l’herbe, mais avec des chemins d’accès|Mes parcelles sont de l’autre côté de la quatre-voies. Échanger des terres entre voisins permettrait de faire pâturer sans camion.
se-deplacer velo-transports-commun|Guingamp|13|P|Des cars qui attendent le train|Le car part deux minutes avant l’arrivée du train. Ce n’est pas un problème de climat, c’est un problème d’horloge.|Retenue en partie : les correspondances de six gares sont revues ; les autres dépendent de travaux.
se-deplacer covoiturage|Ploërmel|10||Une ligne de covoiturage sur la voie express|Des panneaux lumineux, un arrêt éclairé, et l’on saurait en combien de temps on part.
se-loger residentiel-sobriete-isolation|Quimper|15|a|Isoler les longères sans les défigurer|Pierre, terre, chaux : nos murs respirent. Les aides connaissent surtout le polystyrène.
preserver sobriete-fonciere|Vannes|19||Habiter à l’année|Une maison sur trois de ma rue est fermée dix mois par an, et l’on construit plus loin pour ceux qui travaillent ici.
produire electricite-renouvelable|Lannion|9||Les algues, la mer, et nous|Avant de parler d’éoliennes au large, montrez sur une carte qui pêche où.
consommer prevention-dechets|Fougères|7|R|Réparer les vélos des collégiens|Un atelier par collège, le mercredi : moins de vélos à la benne, et plus d’enfants à vélo.|Retenue : l’action est ajoutée, avec les collèges volontaires.
`,
}

// queued are texts that wait for a moderator today: one holds a telephone number (of
// those that are kept for fictions), one says again what another said.
var queued = []string{
	`se-deplacer covoiturage|Rethel|0|w|Covoiturage : un arrêt au rond-point de Rethel|Au rond-point presque chaque voiture transporte une seule personne le matin. Avec un abri, un panneau et trois places de dépose, on saurait où s’attendre. Je peux aider, appelez-moi au 03 53 01 42 17.`,
	`se-loger residentiel-fioul|Saverne|0|w|Aider ceux qui remplacent une vieille chaudière|La mienne a trente ans. On me demande de payer d’abord et d’être remboursée huit mois plus tard : je ne peux pas avancer cette somme.`,
	`se-nourrir gestion-prairies|Bitche|0|w|Prairies : un contrat de dix ans|Cinq ans, c’est trop court pour décider d’un troupeau. Dix ans, et je signe.`,
	`preserver |Troyes*|0|w|Des arbres dans les cours d’école|L’été dernier, la cour était fermée l’après-midi tant il faisait chaud. Trois tilleuls, et on en reparle dans dix ans.`,
	`consommer biogaz|Sézanne|0|w|Qui contrôle les odeurs ?|On nous avait dit qu’il n’y en aurait pas. Il y en a, certains soirs. Je demande un numéro à appeler et quelqu’un qui réponde.`,
}

// refused are texts that a moderator refused, with the reason that their author reads.
var refused = []struct{ line, reason, note string }{
	{`se-loger |Nancy|0|x|Panneaux à prix cassé, devis en 24 h|Nos équipes passent chez vous cette semaine, profitez de notre offre sur les panneaux et les pompes à chaleur, demandez votre devis gratuit.`, "publicite", "Le débat n’est pas un lieu d’annonces. Vous pouvez y apporter ce que votre métier vous apprend."},
	{`se-deplacer |Reims|0|x|Et les travaux de ma rue ?|Le chantier devant chez moi dure depuis mars, il n’y a plus de place pour se garer et la mairie ne répond pas au téléphone.`, "hors-sujet", "Cette demande est à adresser à votre mairie. Le débat porte sur la transition écologique de la région."},
	{`produire |Metz|0|x|Ils nous mentent tous|Des vendus, des incapables, tous autant qu’ils sont, et leurs chiffres avec.`, "illicite", "La critique est bienvenue, l’injure non : dites ce que vous contestez, et nous le publierons."},
	{`consommer |Colmar|0|x|aaa test test|test de dépôt, merci de ne pas tenir compte de ce message de test.`, "illisible", ""},
	{`produire electricite-renouvelable|Chaumont|0|x|Où vont les éoliennes|Je trouve anormal que le même canton porte presque tout. Je l’ai écrit à mes élus. Il faut publier la carte des projets refusés autant que celle des projets acceptés, et dire qui touche quoi.`, "hors-sujet", ""},
}

// comments are what people wrote under contributions, and what was answered to them; the first field says on which
// contribution, by its title.
var comments = [][]string{
	{"Une piste continue entre la gare et le lycée", "Mon fils a renoncé pour cette raison précise. Merci de l’avoir écrit.", "Le nôtre aussi. Nous avons chronométré : deux minutes perdues, et surtout la peur."},
	{"Une piste continue entre la gare et le lycée", "Attention au second carrefour : un îlot gênerait les cars."},
	{"Un seul billet pour le train, le car et le tram", "D’accord, à condition que l’on puisse encore payer sans téléphone.", "C’est écrit dans la proposition du groupe : une carte suffit."},
	{"Plus une seule éolienne dans le canton", "Je comprends le ras-le-bol, mais d’où viendra l’électricité des voitures dont tout le monde parle ?", "De partout, justement : c’est ce que je demande."},
	{"Plus une seule éolienne dans le canton", "Dans notre village elles paient l’école. Tout dépend de l’accord signé au début."},
	{"Un conseiller qui vient à la maison, pas un numéro", "Mon père a fini par signer avec le premier démarcheur venu. Il faut faire vite."},
	{"Arrêter d’arracher avant de planter", "Et compter aussi le temps : une haie, c’est trois passages par an.", "Justement, c’est ce temps que personne ne paie.", "Les communes le pourraient, avec un broyeur partagé."},
	{"Laisser de vieux arbres dans les coupes", "Les tempêtes les coucheront. Il faut les garder par bouquets, pas un par un."},
	{"Rouvrir la petite ligne le vendredi et le dimanche", "Avec un arrêt au campus, s’il vous plaît."},
	{"Une ressourcerie par bassin de vie", "La nôtre a fermé faute de camion. Le local ne suffit pas.", "C’est noté : nous ajoutons le transport au modèle de convention."},
	{"Une cantine sans viande toute la semaine", "Un ou deux jours, volontiers. Toute la semaine, les éleveurs d’ici fermeront."},
	{"Récupérer la chaleur de la fonderie", "J’y ai travaillé. La chaleur est là, mais elle s’arrête au mois d’août et une semaine en hiver."},
}
