/* index.c - a collection that grows: rows are added and deleted by name, and an index of it is asked for neighbours, pairs
 * and clusters. */
#include <aryl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *smiles, *name; } drugs[] = {
    {"CC(=O)Oc1ccccc1C(=O)O", "aspirin"},        {"OC(=O)c1ccccc1O", "salicylic acid"},
    {"CC(=O)Nc1ccc(O)cc1", "paracetamol"},       {"CCOc1ccc(NC(C)=O)cc1", "phenacetin"},
    {"CC(C)Cc1ccc(cc1)C(C)C(=O)O", "ibuprofen"}, {"CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "caffeine"},
};
enum { N = sizeof drugs / sizeof *drugs, BYTES = 256 };
static const char spec[] = "ecfp radius=2 bits=2048";

static void must(aryl_status status, const aryl_error *err)
{
    if (status == ARYL_OK) return;
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static void print_id(const aryl_index *index, int64_t row)
{
    const char *id;
    int64_t len;
    if (aryl_index_id(index, row, &id, &len) == ARYL_OK) printf("%.*s", (int)len, id);
}

static int32_t print_pairs(void *index, const aryl_pair *pairs, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        printf("  ");
        print_id(index, pairs[i].query);
        printf(", ");
        print_id(index, pairs[i].row);
        printf(" (%.4f)\n", pairs[i].score);
    }
    return 0;
}

int main(void)
{
    aryl_error err;
    const char *folder = "aryl-example.index";
    char names[200];
    uint8_t rows[N][BYTES];
    int64_t offsets[N + 1] = {0}, n_pairs, n_clusters, cluster[N], centre[N];
    aryl_fp *fp;
    aryl_index *index;
    aryl_hits *hits;

    must(aryl_fp_new(spec, &fp, &err), &err);
    for (int i = 0; i < N; i++) {
        aryl_mol *mol;
        must(aryl_mol_parse(drugs[i].smiles, (int64_t)strlen(drugs[i].smiles), NULL, &mol, &err), &err);
        must(aryl_fp_bits(fp, mol, NULL, rows[i], &err), &err);
        aryl_mol_free(mol);
        offsets[i + 1] = offsets[i] + (int64_t)strlen(strcpy(names + offsets[i], drugs[i].name));
    }

    aryl_rows all = {.data = rows[0], .n = N, .bits = 8 * BYTES}, query = {.data = rows[0], .n = 1, .bits = 8 * BYTES};
    aryl_column ids = {names, offsets, NULL, N};
    must(aryl_collection_create(folder, 8 * BYTES, spec, &err), &err);
    must(aryl_collection_add(folder, &all, &ids, spec, 0, 1, NULL, &err), &err);
    must(aryl_index_open(folder, 1, &index, &err), &err);

    aryl_search_options options = {.size = sizeof options, .k = 3};
    must(aryl_index_search(index, &query, &options, &hits, NULL, &err), &err);
    printf("like %s\n", drugs[0].name);
    for (int64_t h = 0; h < aryl_hits_offsets(hits)[1]; h++) {
        printf("  %.4f  ", aryl_hits_scores(hits)[h]);
        print_id(index, aryl_hits_rows(hits)[h]);
        putchar('\n');
    }
    aryl_hits_free(hits);

    options = (aryl_search_options){.size = sizeof options, .threshold = 0.4};
    puts("alike");
    must(aryl_index_pairs(index, &options, print_pairs, index, &n_pairs, &err), &err);
    must(aryl_index_cluster(index, &options, ARYL_BUTINA, cluster, centre, &n_clusters, &err), &err);
    printf("%" PRId64 " pairs, %" PRId64 " clusters\n", n_pairs, n_clusters);
    aryl_index_free(index);

    aryl_column first = {names, offsets, NULL, 1};
    must(aryl_collection_remove(folder, &first, NULL, &err), &err);
    must(aryl_index_open(folder, 1, &index, &err), &err);
    aryl_index_info info = {.size = sizeof info};
    aryl_index_describe(index, &info);
    printf("without %s: %" PRId64 " rows\n", drugs[0].name, info.n);
    aryl_index_free(index);
    aryl_fp_free(fp);

    return system("rm -r aryl-example.index") != 0;
}
