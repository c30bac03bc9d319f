// collection.h - a folder that grows: segments that never change, a list of deleted rows, and a manifest that names them.
//
//   MANIFEST     what belongs to the collection; replaced by a rename, so that it is the old one or the new one
//   seg-N.fpb    rows, their numbers counted from the segment's base
//   del-N        numbers of deleted rows
//   LOCK         held by the one process that writes
//
// A change writes its files and brings them to disk before the manifest that names them takes its place. What no manifest
// names is rubbish of a change that did not happen, and goes with the next change. Readers keep what they have mapped.
#ifndef ARYL_SEARCH_COLLECTION_H
#define ARYL_SEARCH_COLLECTION_H

#include "search/store.h"

bool collection_is(const char *path);   // a folder?
aryl_status collection_create(const char *path, int32_t bits, const char *spec, const char *reference, aryl_error *err);
aryl_status collection_open(const char *path, int32_t n_threads, aryl_index **out, aryl_error *err);
// ids.data NULL: without names. replace: rows of the same names go; else they are an error. *first is the first row's number.
aryl_status collection_add(const char *path, const aryl_rows *rows, const search_id_column *ids, const char *spec, bool replace,
                           int32_t n_threads, int64_t *first, aryl_error *err);
// Names that nobody has are passed over; *n_removed tells.
aryl_status collection_remove(const char *path, const search_id_column *ids, int64_t n, int64_t *n_removed, aryl_error *err);
aryl_status collection_compact(const char *path, int32_t n_threads, aryl_error *err);

#endif
