// fuzz.h - what the fuzz entries share: inputs in memory of their exact size, and what must hold of every answer.
#ifndef ARYL_TESTS_FUZZ_H
#define ARYL_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "convert/convert.h"

static inline void fuzz_fail(const char *why)
{
    fprintf(stderr, "%s\n", why);
    abort();
}

// A copy behind which no byte may be read.
static inline char *fuzz_copy(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    if (size) memcpy(text, data, size);
    return text;
}

static inline void fuzz_error_is_placed(aryl_status s, const aryl_error *err, size_t size)
{
    if (err->code != s) fuzz_fail("another code in the record than in the status");
    if (err->offset < 0 || err->offset > (int64_t)size) fuzz_fail("an error without a place in the text");
    if (!*err->message || strlen(err->message) >= sizeof err->message) fuzz_fail("an error without a message");
}

static inline void fuzz_graph_holds(const raw_mol *raw)
{
    int64_t degrees = 0;
    for (int32_t i = 0; i < raw->n_atoms; i++) degrees += raw->atom[i].degree;
    if (degrees != 2 * (int64_t)raw->n_bonds) fuzz_fail("degrees do not add up to the bonds");
    for (int32_t i = 0; i < raw->n_bonds; i++) {
        const raw_bond *b = &raw->bond[i];
        if (b->begin < 0 || b->end < 0 || b->begin >= raw->n_atoms || b->end >= raw->n_atoms || b->begin == b->end)
            fuzz_fail("a bond without two atoms");
        for (int k = 0; k < 2; k++)
            if (b->stereo_atom[k] < -1 || b->stereo_atom[k] >= raw->n_atoms) fuzz_fail("a stereo atom that does not exist");
    }
}

#endif
