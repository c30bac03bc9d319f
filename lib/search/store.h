// store.h - rows with names: what the outside calls an index. One part in memory or in a file, or the parts of a collection.
#ifndef ARYL_SEARCH_STORE_H
#define ARYL_SEARCH_STORE_H

#include "aryl/index.h"
#include "search/file.h"

typedef struct store_part {
    search_index *ix;                // the file's, or our own
    search_file *file;               // NULL: in memory
    int64_t base;                    // its row numbers count from here
    uint64_t *dead;                  // what the index's dead points to; NULL: none
} store_part;

struct aryl_index {
    store_part *parts;
    int32_t n_parts, bits;
    int64_t n, span;                 // rows, and the number the next one would get
    char *spec, *reference, *path;   // path NULL: in memory
    // names of rows in memory, by row; file parts have their own
    char *id_text;
    int64_t *id_offsets;             // [n + 1]
    uint32_t *id_table, id_table_size;
};

aryl_status store_build(const aryl_rows *rows, const search_id_column *ids, const char *spec, const char *reference, int32_t n_threads,
                        aryl_index **out, aryl_error *err);
aryl_status store_open(const char *path, int32_t n_threads, aryl_index **out, aryl_error *err);
aryl_status store_new(int32_t n_parts, aryl_index **out);   // room for parts, none in use
void store_free(aryl_index *s);
aryl_status store_save(const aryl_index *s, const char *path, bool plain, aryl_error *err);
char *store_text(const char *text, int64_t len);   // a copy; NULL: no memory

bool store_id(const aryl_index *s, int64_t row, const char **id, int64_t *len);
int64_t store_find(const aryl_index *s, const char *id, int64_t len);   // -1: none
const uint8_t *store_row(const aryl_index *s, int64_t row);             // NULL: none

aryl_status store_search(const aryl_index *s, const aryl_rows *queries, const search_request *r, aryl_hits **out, search_trace *trace,
                         aryl_error *err);

// Pairs as aryl_index_pairs and aryl_index_join give them; stream.c.
aryl_status store_pairs(const aryl_index *index, const search_request *r, aryl_pair_sink sink, void *ctx, int64_t *n_pairs, aryl_error *err);
aryl_status store_join(const aryl_index *queries, const aryl_index *index, const search_request *r, aryl_pair_sink sink, void *ctx,
                       int64_t *n_pairs, aryl_error *err);

// The rows as one index whose numbers run from 0: the only part itself, or made for the occasion.
typedef struct store_whole {
    const search_index *ix;
    search_index *made;
    int64_t *row;                    // [ix->n] real number of each; NULL: the same
} store_whole;
aryl_status store_whole_of(const aryl_index *s, int32_t n_threads, store_whole *out, aryl_error *err);
void store_whole_done(store_whole *w);

#endif
