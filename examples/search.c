/* search.c - the nearest neighbours of a molecule among others, by Tanimoto similarity of fingerprints. */
#include <aryl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const smiles[] = {
    "CC(=O)Oc1ccccc1C(=O)O", "CC(=O)Nc1ccc(O)cc1", "OC(=O)c1ccccc1O", "CC(C)Cc1ccc(cc1)C(C)C(=O)O", "COc1ccccc1C(=O)O",
    "CC(=O)Oc1ccccc1C(=O)OC", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
};
enum { N = sizeof smiles / sizeof *smiles, BYTES = 256 };

int main(void)
{
    aryl_error err;
    aryl_fp *fp;
    static uint8_t row[N][BYTES];
    if (aryl_fp_new("ecfp radius=2 bits=2048", &fp, &err)) return 1;
    for (int i = 0; i < N; i++) {
        aryl_mol *mol;
        if (aryl_mol_parse(smiles[i], (int64_t)strlen(smiles[i]), NULL, &mol, &err)) return 1;
        if (aryl_fp_bits(fp, mol, NULL, row[i], &err)) return 1;
        aryl_mol_free(mol);
    }

    aryl_rows query = {.data = row[0], .n = 1, .bits = 8 * BYTES}, all = {.data = row[0], .n = N, .bits = 8 * BYTES};
    aryl_search_options options = {.size = sizeof options, .k = 4, .threshold = 0.1};
    aryl_hits *hits;
    if (aryl_search_rows(&query, &all, &options, &hits, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("neighbours of %s\n", smiles[0]);
    for (int64_t h = 0; h < aryl_hits_offsets(hits)[1]; h++)
        printf("  %.4f  %s\n", aryl_hits_scores(hits)[h], smiles[aryl_hits_rows(hits)[h]]);
    aryl_hits_free(hits);
    aryl_fp_free(fp);
    return 0;
}
