// disk.h - what is done to files, in the order in which it must survive. Tests look on, and pull the plug at any step.
#ifndef ARYL_SEARCH_DISK_H
#define ARYL_SEARCH_DISK_H

#include "base/base.h"

enum { DISK_CREATE, DISK_WRITE, DISK_SYNC, DISK_RENAME, DISK_UNLINK, DISK_SYNC_FOLDER };

// Called before each step; an errno other than 0 makes the step fail without being done. `to` is the new name of a rename.
typedef struct disk_hooks {
    int (*before)(void *ctx, int32_t step, const char *path, const char *to);
    void *ctx;
} disk_hooks;
void disk_set_hooks(const disk_hooks *hooks);   // NULL: none

// Each returns 0 or an errno.
int disk_create(const char *path, int *fd);
int disk_write(int fd, const char *path, const void *data, int64_t size);
int disk_sync(int fd, const char *path);
int disk_rename(const char *from, const char *to);    // and brings the folder to disk
int disk_unlink(const char *path);

aryl_status disk_failed(const char *path, int why, aryl_error *err);   // ARYL_E_IO
char *disk_join(const char *folder, const char *name);                 // "folder/name"; NULL: no memory

// A small file whole, written beside and renamed; read with a 0 behind it, to be mem_freed.
aryl_status disk_put(const char *path, const void *data, int64_t size, aryl_error *err);
aryl_status disk_get(const char *path, int64_t most, char **data, int64_t *size, aryl_error *err);

#endif
