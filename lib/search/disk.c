// disk.c - files, one step at a time.
#define _POSIX_C_SOURCE 200809L
#include "search/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static disk_hooks hooks;

void disk_set_hooks(const disk_hooks *h) { hooks = h ? *h : (disk_hooks){0}; }

static int ask(int32_t step, const char *path, const char *to) { return hooks.before ? hooks.before(hooks.ctx, step, path, to) : 0; }

int disk_create(const char *path, int *fd)
{
    int why = ask(DISK_CREATE, path, NULL);
    *fd = -1;
    if (why) return why;
    *fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return *fd < 0 ? errno : 0;
}

int disk_write(int fd, const char *path, const void *data, int64_t size)
{
    int why = ask(DISK_WRITE, path, NULL);
    const char *p = data;
    while (!why && size > 0) {
        ssize_t n = write(fd, p, size < (1 << 30) ? (size_t)size : (size_t)1 << 30);
        if (n < 0 && errno != EINTR) why = errno;
        if (n == 0) why = EIO;
        if (n > 0) p += n, size -= n;
    }
    return why;
}

int disk_sync(int fd, const char *path)
{
    int why = ask(DISK_SYNC, path, NULL);
    return why ? why : fsync(fd) ? errno : 0;
}

static int sync_folder_of(const char *path)
{
    size_t n = strlen(path);
    while (n && path[n - 1] != '/') n--;
    char *folder = mem_alloc(n + 2);
    if (!folder) return ENOMEM;
    memcpy(folder, n ? path : ".", n ? n : 1);
    folder[n ? n : 1] = 0;
    int why = ask(DISK_SYNC_FOLDER, path, NULL), fd = why ? -1 : open(folder, O_RDONLY | O_CLOEXEC);
    if (!why && (fd < 0 || fsync(fd))) why = errno;
    if (fd >= 0) close(fd);
    mem_free(folder);
    return why;
}

int disk_rename(const char *from, const char *to)
{
    int why = ask(DISK_RENAME, from, to);
    if (!why && rename(from, to)) why = errno;
    return why ? why : sync_folder_of(to);
}

int disk_unlink(const char *path)
{
    int why = ask(DISK_UNLINK, path, NULL);
    return why ? why : unlink(path) ? errno : 0;
}

aryl_status disk_failed(const char *path, int why, aryl_error *err)
{
    if (why == ENOMEM) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for %s", path);
    return fail_at(err, ARYL_E_IO, -1, "%s: %s", path, strerror(why));
}

char *disk_join(const char *folder, const char *name)
{
    size_t a = strlen(folder), b = strlen(name);
    char *path = mem_alloc(a + b + 2);
    if (!path) return NULL;
    memcpy(path, folder, a);
    path[a] = '/';
    memcpy(path + a + 1, name, b + 1);
    return path;
}

aryl_status disk_put(const char *path, const void *data, int64_t size, aryl_error *err)
{
    size_t n = strlen(path);
    char *beside = mem_alloc(n + 5);
    if (!beside) return disk_failed(path, ENOMEM, err);
    memcpy(beside, path, n);
    memcpy(beside + n, ".new", 5);
    int fd, why = disk_create(beside, &fd);
    if (!why) why = disk_write(fd, beside, data, size);
    if (!why) why = disk_sync(fd, beside);
    if (fd >= 0 && close(fd) && !why) why = errno;
    if (!why) why = disk_rename(beside, path);
    mem_free(beside);
    return why ? disk_failed(path, why, err) : ARYL_OK;
}

aryl_status disk_get(const char *path, int64_t most, char **data, int64_t *size, aryl_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), why = fd < 0 || fstat(fd, &st) ? errno : 0;
    *data = NULL;
    if (!why && st.st_size > most) {
        close(fd);
        return fail_at(err, ARYL_E_FORMAT, -1, "%s: too long to be ours", path);
    }
    if (!why && !(*data = mem_alloc((size_t)st.st_size + 1))) why = ENOMEM;
    *size = 0;
    while (!why && *size < st.st_size) {
        ssize_t n = read(fd, *data + *size, (size_t)(st.st_size - *size));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) why = errno;
        if (n <= 0) break;
        *size += n;
    }
    if (fd >= 0) close(fd);
    if (why) {
        mem_free(*data);
        *data = NULL;
        return disk_failed(path, why, err);
    }
    (*data)[*size] = 0;
    return ARYL_OK;
}
