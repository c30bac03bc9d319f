// own_list.h - descriptors of our own, which "all" leaves out; columns as in desc_list.h. Parts of qed are those of the
// reference's QED.properties. Rules count the criteria that a molecule fails: 0 keeps the rule (rules_table.h).
#define COUNT(name, family, index, summary) DESC(name, family, index, true, "", summary)
DESC(QedMW, qed, 1 + QED_MASS, false, "u", "part of qed: average molecular mass")
DESC(QedALOGP, qed, 1 + QED_LOG_P, false, "", "part of qed: octanol/water partition, log10")
COUNT(QedHBA, qed, 1 + QED_ACCEPTORS, "part of qed: acceptors of hydrogen bonds")
COUNT(QedHBD, qed, 1 + QED_DONORS, "part of qed: donors of hydrogen bonds")
DESC(QedPSA, qed, 1 + QED_POLAR, false, "A2", "part of qed: topological polar surface area")
COUNT(QedROTB, qed, 1 + QED_ROTORS, "part of qed: bonds that turn")
COUNT(QedAROM, qed, 1 + QED_AROMATIC, "part of qed: aromatic rings")
COUNT(QedALERTS, qed, 1 + QED_ALERTS, "part of qed: kinds of unwanted groups")
COUNT(LipinskiFailures, rules, RULE_LIPINSKI, "of: MolWt <= 500, MolLogP <= 5, NHOHCount <= 5, NOCount <= 10; one is forgiven")
COUNT(VeberFailures, rules, RULE_VEBER, "of: NumRotatableBonds <= 10, TPSA <= 140")
COUNT(GhoseFailures, rules, RULE_GHOSE, "of: MolWt 160 to 480, MolLogP -0.4 to 5.6, MolMR 40 to 130, atoms with hydrogens 20 to 70")
COUNT(LeadLikeFailures, rules, RULE_LEAD_LIKE,
      "of: MolWt <= 460, MolLogP -4 to 4.2, NumRotatableBonds <= 10, RingCount <= 4, NumHDonors <= 5, NumHAcceptors <= 9")
COUNT(RuleOfThreeFailures, rules, RULE_OF_THREE, "of: MolWt < 300, MolLogP <= 3, NumHDonors <= 3, NumHAcceptors <= 3")
COUNT(RuleOfThreeWideFailures, rules, RULE_OF_THREE_WIDE, "of those of RuleOfThreeFailures, NumRotatableBonds <= 3, TPSA <= 60")
#undef COUNT
