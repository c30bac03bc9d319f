// search.h - rows of bits and their neighbours. Has never heard of molecules: bits in, row numbers and scores out.
//
// Hits are ordered score down, then row up, whatever kernel, plan or number of threads found them; scan.c, which looks at
// every row, is the definition of all of them.
#ifndef ARYL_SEARCH_ROOM_H
#define ARYL_SEARCH_ROOM_H

#include "aryl/search.h"
#include "base/base.h"
#include "simd/simd.h"

#define SEARCH_MOST_BITS 16384
#define SEARCH_NEVER INT32_MAX   // a threshold no intersection reaches

static inline int32_t search_row_bytes(int32_t bits) { return (bits + 7) / 8; }

// ---- scores

typedef struct search_metric { int32_t kind; double alpha, beta; } search_metric;

// The score of an intersection of c bits between a query of a bits and a row of b bits. Where nothing is shared it is 0,
// so two empty rows score 0.
double search_score(const search_metric *m, int32_t c, int32_t a, int32_t b);

// The least c for which search_score(c, a, b) >= t may hold, at least 1; SEARCH_NEVER if none up to min(a, b). t > 0.
int32_t search_least(const search_metric *m, int32_t a, int32_t b, double t);

// ---- hits

typedef struct search_hit { int64_t row; double score; } search_hit;

static inline bool search_before(search_hit x, search_hit y)
{
    return x.score > y.score || (x.score == y.score && x.row < y.row);
}

// The best k hits offered so far, the last of them on top; with k = 0 every hit, in order of arrival.
typedef struct search_best {
    search_hit *hit;
    int64_t n, cap, k;
} search_best;

bool search_best_grow(search_best *s);   // room for one more; false: no memory
static inline bool search_best_full(const search_best *s) { return s->k && s->n == s->k; }
bool search_best_add(search_best *s, search_hit h);   // false: no memory
void search_best_sort(search_best *s);                // score down, row up; no longer a heap
void search_best_free(search_best *s);

struct aryl_hits {
    int64_t n_queries;
    int64_t *offsets;    // [n_queries + 1]
    int64_t *rows;       // [offsets[n_queries]], NULL when only counted
    double *scores;
};
aryl_status search_hits_new(int64_t n_queries, aryl_hits **out);   // offsets zeroed
void search_hits_free(aryl_hits *h);
aryl_status search_hits_fill(aryl_hits *h);   // offsets[i + 1] holds the number of hits of query i: sums up, brings the arrays

// ---- a request, checked and with its defaults

typedef struct search_request {
    search_metric metric;
    double threshold;
    int64_t k;                // 0: every hit
    int32_t n_threads;
    bool count_only;
    int32_t plan;
    int64_t most_hits;        // of an index's search: when more would have to be kept, ARYL_E_SPACE; 0: no limit
    void (*progress)(void *ctx, int64_t done, int64_t total);
    int32_t (*cancel)(void *ctx);
    void *ctx;
} search_request;

aryl_status search_request_of(const aryl_search_options *options, search_request *out, aryl_error *err);
aryl_status search_check_rows(const aryl_rows *rows, aryl_rows *out, const char *what, aryl_error *err);   // stride filled in
// Between chunks, on the calling thread: tells how far, asks whether to go on.
aryl_status search_pause(const search_request *r, int64_t done, int64_t total, aryl_error *err);

// ---- looking at every row

extern const uint8_t search_all_ones[SEARCH_MOST_BITS / 8];   // a query that counts the row's own bits
void search_popcount(const aryl_rows *rows, int32_t *out);
aryl_status search_scan(const aryl_rows *queries, const aryl_rows *rows, const search_request *r, aryl_hits **out, aryl_error *err);
aryl_status search_matrix(const aryl_rows *a, const aryl_rows *b, const search_request *r, double *out, int64_t out_stride,
                          aryl_error *err);

// ---- FPS text; see aryl/search.h

int32_t search_hex(const char *text, int32_t bytes, uint8_t *row);   // hex digits to bytes; the place of a bad one, or -1

aryl_status search_fps_header(const char *text, int64_t len, aryl_fps_header *header, int64_t *used, aryl_error *err);
aryl_status search_fps_rows(const char *text, int64_t len, bool last, int32_t bits, uint8_t *rows, int64_t stride, int64_t *ids,
                            int32_t *id_lens, int64_t capacity, int64_t *n, int64_t *used, aryl_error *err);
aryl_status search_fps_write_header(int32_t bits, const char *type, const char *source, char *buf, int64_t cap, int64_t *len,
                                    aryl_error *err);
aryl_status search_fps_write_row(const uint8_t *row, int32_t bits, const char *id, int64_t id_len, char *buf, int64_t cap,
                                 int64_t *len, aryl_error *err);

#endif
