// cli.h - the command `aryl`: a reader of molecule files, a plan, a writer of tables. Public header only.
#ifndef ARYL_CLI_H
#define ARYL_CLI_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aryl.h"

enum { DONE = 0, BAD_ROWS = 1, USAGE = 2, FAILED = 3 };   // exit status

// ---- options.c

enum { OPT_FLAG, OPT_TEXT, OPT_INT, OPT_REAL };
typedef struct option {
    const char *name, *letter;   // "threads", "t"; letter NULL: none
    int type;                    // OPT_*
    void *to;                    // bool, const char *, int64_t, double
    const char *value, *help;    // "N", "worker threads (default: all cores)"
} option;

typedef struct command {
    const char *name, *arguments, *summary, *more;   // more: closing paragraph of the help
    int (*run)(int argc, char **argv);
} command;
extern const command commands[];                     // ended by a NULL name

// Reads argv[1 .. argc) into the options; what is left goes to positional[0 .. *n). Returns -1 to go on, else the exit
// status: help was asked for, or something is wrong and has been said.
int options_read(const command *c, const option *options, int argc, char **argv, const char **positional, int most, int *n);

int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));   // "aryl: ..." on stderr
void *must(void *memory);        // ends the program when it is NULL
void *more_room(void *memory, size_t *cap, size_t need, size_t size);   // doubles

// ---- source.c: bytes of a file or stdin, decompressed

typedef struct source source;
source *source_open(const char *path);                       // NULL, "-": stdin. Complains and returns NULL on failure
int64_t source_read(source *s, char *buf, size_t size);      // 0 at the end, -1 on failure, which has been said
void source_close(source *s);
bool has_suffix(const char *path, const char *suffix);       // "x.CSV.gz" has ".csv"

// ---- records.c: rows out of molecule files

enum { FORMAT_AUTO, FORMAT_SMI, FORMAT_CSV, FORMAT_TSV, FORMAT_SDF };

typedef struct records {         // some rows, contiguous
    char *text, *ids;
    int64_t *offsets, *id_offsets, *places;   // places: line number (SDF: record number)
    int64_t n;
    size_t text_cap, ids_cap, offsets_cap, id_offsets_cap, places_cap;
} records;

typedef struct reader reader;
typedef struct reader_options {
    const char *path, *format, *column, *id_column;
    bool no_header;
} reader_options;
reader *reader_open(const reader_options *o);                // complains and returns NULL on failure
bool reader_is_mol(const reader *r);                         // rows are molfiles
int reader_next(reader *r, int64_t most, records *out);      // 1: rows, at most so many, 0: the end, -1: failed, which has been said
void reader_close(reader *r);
void records_free(records *r);

// ---- rows.c: a file through a plan, chunk by chunk

typedef struct row_job {
    const char *spec;            // of the outputs; how to read is put before it
    reader_options in;
    const char *errors;          // file for failing rows, or NULL
    int64_t threads;
    bool quiet, strict;
    // Told the plan once, before the first rows, then each chunk, each failing row first. May be NULL. False: stop.
    bool (*begin)(void *ctx, const aryl_plan *plan);
    bool (*rows)(void *ctx, const records *r, const aryl_output *outputs, const aryl_status *status);
    bool (*failed)(void *ctx, const records *r, int64_t row, const aryl_error *err);
    void *ctx;
    int64_t n_read, n_failed;    // results
} row_job;
int rows_run(row_job *job);      // exit status
// A failing row as a line of a table: place, id, offset, status, message, text.
void write_failure(FILE *f, const records *r, int64_t row, const aryl_error *err);
extern const char failure_header[];

// The options that say how to read, for a command's list.
#define INPUT_OPTIONS(job)                                                                                     \
    {"format", "f", OPT_TEXT, &(job).in.format, "NAME", "smi, csv, tsv, sdf (default: by the file's name, else smi)"}, \
    {"column", "c", OPT_TEXT, &(job).in.column, "NAME", "column of the SMILES in a table (default: smiles)"}, \
    {"id-column", NULL, OPT_TEXT, &(job).in.id_column, "NAME", "column of the ids in a table (default: id, name)"}, \
    {"no-header", NULL, OPT_FLAG, &(job).in.no_header, NULL, "the table has no header; columns are numbers"}, \
    {"threads", "t", OPT_INT, &(job).threads, "N", "threads (default: all cores)"}, \
    {"errors", NULL, OPT_TEXT, &(job).errors, "FILE", "write failing rows there, and why"}, \
    {"strict", NULL, OPT_FLAG, &(job).strict, NULL, "exit with 1 when a row fails"}, \
    {"quiet", "q", OPT_FLAG, &(job).quiet, NULL, "no progress, no summary"}

// ---- fps.c: FPS files, a block of rows at a time

typedef struct fps {
    source *in;
    const char *path;
    char *buf, *type;            // type: how the fingerprints were made, "" when it does not say
    size_t begin, end, cap, type_len;
    bool at_end;
    int64_t line;                // rows read, for messages
    int32_t bits;
    uint8_t *rows;               // [n] of the block
    int64_t *ids;                // into buf
    int32_t *id_lens;
    int64_t n, capacity;
} fps;
static inline int64_t row_bytes(int32_t bits) { return (bits + 7) / 8; }
int fps_open(fps *f, const char *path);          // exit status, complains
int fps_next(fps *f, int64_t most);              // the next rows: 1, 0 at the end, -1 on failure. Ids stay valid until the next call
void fps_close(fps *f);

// ---- collect.c: all rows of a file in memory

typedef struct collected {
    uint8_t *rows;
    int64_t n;
    int32_t bits;
    char *ids, *spec;            // spec "" when it is not known
    int64_t *id_offsets;         // [n + 1]
    size_t rows_cap, ids_cap, offsets_cap;
} collected;
void collect_row(collected *c, const uint8_t *row, const char *id, int64_t id_len);
// From an FPS file, an .npy file of packed rows (ids are row numbers), or molecules, fingerprinted by job->spec. Rows that fail
// are left out. Exit status.
int collect(collected *c, row_job *job);
void collected_free(collected *c);

// ---- index.c: indexes

bool is_index(const char *path);                 // a folder, or a file named .fpb
aryl_index *index_open(const char *path, int64_t threads);   // an index, or rows of an FPS file put into one; complains, NULL
void put_id(FILE *f, const aryl_index *ix, int64_t row, char separator);   // its name, or its number
int metric_named(const char *name);              // complains, -1
void show_progress(void *ctx, int64_t done, int64_t total);   // on stderr: share, rate, time left. ctx: what is counted

// ---- table.c: values as text

void put_field(FILE *f, const char *text, size_t len, char separator);   // quoted in CSV when needed
void put_number(FILE *f, double value);                                  // the shortest text that reads back the same
void put_json(FILE *f, const char *text, size_t len);                    // a JSON string, quotes and all
// What answers look like: tsv, csv or jsonl, by name or by the output's.
int answer_form(const char *to, const char *path, char *separator, bool *json);
void put_hex(FILE *f, const uint8_t *row, int64_t bytes);
// Header of an .npy file of 128 bytes, so that it can be written again once the number of rows is known.
bool put_npy_header(FILE *f, const char *type, int64_t rows, int64_t columns);
// Opens the output: NULL, "-": stdout. Complains and returns NULL on failure.
FILE *output_open(const char *path);
bool output_close(FILE *f, const char *path);                            // complains and returns false on failure

// ---- commands

int cmd_fp(int argc, char **argv);
int cmd_desc(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_match(int argc, char **argv);
int cmd_index(int argc, char **argv);
int cmd_nearest(int argc, char **argv);
int cmd_cluster(int argc, char **argv);
int cmd_pick(int argc, char **argv);
const command *command_named(const char *name);

#endif
