// layout.h - our chunk of an FPB file. Little-endian; a new layout is a new version.
#ifndef ARYL_SEARCH_LAYOUT_H
#define ARYL_SEARCH_LAYOUT_H

#include <stdint.h>

#define LAYOUT_MAGIC "aryl fpb"
#define LAYOUT_VERSION 1
#define LAYOUT_PIECE (1 << 20)

enum {
    LAYOUT_ORDER,                    // int32[n] row number at each position
    LAYOUT_PLACE,                    // int32[span] position of each row number, -1: there is none
    LAYOUT_COUNT,                    // uint16[n] bits of each position
    LAYOUT_RANK,                     // uint16[bits] plane of each bit
    LAYOUT_TABLE,                    // uint32[2^k] ids by hash, position + 1
    LAYOUT_GROUPS, LAYOUT_PLANES,    // blocks of planes; see index.h
    LAYOUT_SECTIONS
};

typedef struct layout_section { uint64_t at, size, sum; } layout_section;   // place in the file

typedef struct layout_head {
    char magic[8];
    uint32_t version, bits;
    uint64_t n, span;
    uint32_t group, spare;           // group 0: no planes
    uint64_t front, front_sum;       // bytes of the file before our chunk, and their checksum, a piece at a time
    layout_section section[LAYOUT_SECTIONS];
    uint64_t head_sum;               // of everything before it
} layout_head;

_Static_assert(sizeof(layout_head) == 56 + 24 * LAYOUT_SECTIONS + 8, "no padding in a file");

#endif
