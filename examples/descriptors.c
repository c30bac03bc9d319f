/* descriptors.c - numbers of one molecule, with their units from the registry. */
#include <aryl.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    const char *smiles = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C caffeine";
    aryl_error err;
    aryl_desc *desc = NULL;
    aryl_mol *mol = NULL;
    double value[5];
    if (aryl_desc_new("MolWt TPSA FractionCSP3 RingCount NumAromaticRings", &desc, &err) ||
        aryl_mol_parse(smiles, (int64_t)strlen(smiles), "smiles", &mol, &err) || aryl_desc_values(desc, mol, NULL, value, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%s\n", aryl_mol_name(mol, NULL));
    for (int32_t i = 0; i < aryl_desc_n_values(desc); i++) {
        for (int32_t k = 0; k < aryl_desc_n_known(); k++) {
            aryl_desc_info info = {.size = sizeof info};
            if (aryl_desc_known(k, &info) == ARYL_OK && !strcmp(info.name, aryl_desc_name(desc, i)))
                printf("  %-18s %10.3f %s\n", info.name, value[i], info.unit);
        }
    }
    aryl_mol_free(mol);
    aryl_desc_free(desc);
    return 0;
}
