// vectors.h - TSV vectors and molecules for the tests. Lines that start with # are comments.
#ifndef ARYL_TEST_VECTORS_H
#define ARYL_TEST_VECTORS_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

typedef struct vector_file {
    FILE *file;
    char line[1 << 18];
    int32_t number;                  // of the line at hand, from 1
    char *field[256];
    int32_t n;
} vector_file;

static inline void vectors_open(vector_file *v, const char *path)
{
    v->number = v->n = 0;
    v->file = fopen(path, "r");
    ck_assert_msg(v->file != NULL, "%s is missing", path);
}

static inline int vectors_next(vector_file *v)
{
    while (fgets(v->line, sizeof v->line, v->file)) {
        size_t len = strlen(v->line);
        v->number++;
        ck_assert_msg(len < sizeof v->line - 1, "line %d is too long", v->number);
        while (len && (v->line[len - 1] == '\n' || v->line[len - 1] == '\r')) v->line[--len] = 0;
        if (!len || v->line[0] == '#') continue;
        v->n = 0;
        for (char *at = v->line; at && v->n < 256; ) {
            char *tab = strchr(at, '\t');
            v->field[v->n++] = at;
            if (tab) *tab++ = 0;
            at = tab;
        }
        return 1;
    }
    return 0;
}

static inline void vectors_close(vector_file *v) { fclose(v->file); }

static inline aryl_mol *molecule(const char *smiles, arena *mem)
{
    aryl_mol *mol = NULL;
    aryl_error err = {0};
    aryl_status s = convert_load(smiles, (int64_t)strlen(smiles), FORMAT_SMILES, PERCEIVE_STEREO, NULL, mem, &mol, &err);
    ck_assert_msg(s == ARYL_OK, "%s: %s", smiles, err.message);
    return mol;
}

#endif
