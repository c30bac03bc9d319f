/* fingerprint.c - the Morgan fingerprint of a molecule: its bits, and which atoms set one of them. */
#include <aryl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char *smiles = "CC(=O)Oc1ccccc1C(=O)O";
    aryl_error err;
    aryl_fp *fp = NULL;
    aryl_mol *mol = NULL;
    if (aryl_fp_new("ecfp radius=2 bits=1024", &fp, &err) || aryl_mol_parse(smiles, (int64_t)strlen(smiles), NULL, &mol, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%s\n", aryl_fp_canonical(fp));

    uint8_t *row = malloc((size_t)aryl_fp_bytes(fp));
    if (!row || aryl_fp_bits(fp, mol, NULL, row, &err)) return 1;
    printf("bits:");
    for (int32_t i = 0; i < aryl_fp_n_bits(fp); i++)
        if (row[i / 8] >> (i % 8) & 1) printf(" %d", i);
    printf("\n");

    /* Each occurrence of each feature, and where it was found. */
    enum { MOST = 200, MOST_MEMBERS = 4000 };
    static aryl_feature feature[MOST];
    static int32_t member[MOST_MEMBERS];
    int64_t n, n_members;
    if (aryl_fp_features(fp, mol, NULL, feature, MOST, &n, member, MOST_MEMBERS, &n_members, &err)) return 1;
    for (int64_t i = 0; i < n; i++) {
        if (feature[i].radius != 2) continue;
        printf("bit %d, id %" PRIu64 ": atom %d and all within %d bonds\n", feature[i].bit, feature[i].id, feature[i].atom,
               feature[i].radius);
    }
    free(row);
    aryl_mol_free(mol);
    aryl_fp_free(fp);
    return 0;
}
