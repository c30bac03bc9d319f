// manifest.h - what belongs to a collection, as lines of text that end with their checksum.
#ifndef ARYL_SEARCH_MANIFEST_H
#define ARYL_SEARCH_MANIFEST_H

#include "base/base.h"

#define MANIFEST_NAME 40             // of a file, with its end

typedef struct manifest_segment {
    char name[MANIFEST_NAME];
    int64_t base, n, span;           // row numbers are base .. base + span, n of them in use
} manifest_segment;

typedef struct manifest {
    int32_t bits, n_segments;
    int64_t generation, next;        // next: the number of the next row
    char *spec, *reference;          // NULL: not known
    manifest_segment *segments;
    char deleted[MANIFEST_NAME];     // "": nothing was
} manifest;

bool manifest_there(const char *folder);
aryl_status manifest_read(const char *folder, manifest *m, aryl_error *err);
aryl_status manifest_write(const char *folder, const manifest *m, aryl_error *err);
bool manifest_add_segment(manifest *m, int64_t base, int64_t n, int64_t span);   // named by the generation; false: no memory
void manifest_free(manifest *m);

#endif
