// file.h - an index in a file: FPB, chemfp's binary format (http://chemfp.com/fpb_format), which RDKit reads too.
//
//   "FPB1\r\n\0\0", then chunks: u64 size, 4 letters, bytes. All numbers are little-endian.
//   META  lines "#key=value" as in FPS: num_bits, type (our spec), software, reference
//   AREN  u32 bytes of a row, u32 bytes it takes, u8 spacers, spacers, rows sorted by number of bits
//   POPC  u32[bits + 2]: where the rows of each number of bits begin
//   FPID  u32 n, u32 0 (or the number of 8-byte offsets), ids end to end, offsets from the chunk's start
//   ARYL  ours, passed over by others: a head, then sections on 64-byte boundaries of the file (planes on 4096)
//   FEND  the end
//
// What is mapped is used as it lies: opening checks that every size, offset and number stays inside, not that the contents
// are what was written. search_file_verify does that, by a checksum of each section.
#ifndef ARYL_SEARCH_FILE_H
#define ARYL_SEARCH_FILE_H

#include "search/index.h"

typedef struct search_ids {          // one text for each position
    int64_t n;
    const uint8_t *base;             // offsets count from here; no ids: NULL
    int64_t size;                    // bytes from base that are ids
    const uint8_t *at;               // offsets, any alignment: n4 + 1 of 4 bytes, the others of 8
    int64_t n4;
    const uint32_t *table;           // [table_size], a power of 2, or NULL: position + 1 by hash of the id
    uint32_t table_size;
} search_ids;

typedef struct search_file {
    search_index *ix;
    search_ids ids;
    const uint8_t *map;
    int64_t size;
    const char *meta;
    int64_t meta_len;
    const int32_t *order;            // [arena_rows] number of each of the file's rows; NULL: its place
    const int32_t *place;            // [span] and the other way; NULL: the same
    int64_t span;
    bool built;                      // planes were not in the file
    int32_t *position;               // [n] row of the file at each row of the index, when built
    int64_t head;                    // where our chunk's head is, or 0
    int64_t arena, arena_rows, storage;   // where rows start, how many, bytes from one to the next
} search_file;

typedef struct search_id_column { const char *data; const int64_t *offsets; } search_id_column;   // by row; data NULL: none

// Writes beside the path and renames when all is on disk. ids by row number. plain: without planes.
aryl_status search_file_write(const search_index *ix, const search_id_column *ids, const char *spec, const char *reference,
                              bool plain, const char *path, aryl_error *err);
aryl_status search_file_open(const char *path, int32_t n_threads, search_file **out, aryl_error *err);
void search_file_close(search_file *f);
static inline int64_t search_file_row(const search_file *f, int64_t place) { return f->order ? f->order[place] : place; }
int64_t search_file_place(const search_file *f, int64_t row);   // -1: there is no such row
aryl_status search_file_verify(const search_file *f, aryl_error *err);
// Value of a line "#key=value" of META; NULL when there is none.
const char *search_file_meta(const search_file *f, const char *key, int64_t *len);

// The id at a position of the file; false when it has none or it lies outside.
bool search_id_at(const search_ids *ids, int64_t position, const char **id, int64_t *len);
int64_t search_id_find(const search_ids *ids, const char *id, int64_t len);   // position, -1: none

uint64_t search_checksum(uint64_t seed, const void *data, size_t size);

#endif
