// driver.c - runs a fuzz entry without a fuzzer: every input of a corpus as it is, then edited at random for some seconds.
//     fuzz_smiles SECONDS FILE...      a *.txt file holds one input a line, any other file is one input
// An entry is libFuzzer's, so `clang -fsanitize=fuzzer,address tests/fuzz/fuzz_smiles.c ...` works as well.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input { uint8_t *data; size_t size; } input;
static input *corpus;
static size_t n_corpus;

static void add(const uint8_t *data, size_t size)
{
    corpus = realloc(corpus, (n_corpus + 1) * sizeof *corpus);
    corpus[n_corpus] = (input){malloc(size + 1), size};
    if (size) memcpy(corpus[n_corpus].data, data, size);
    n_corpus++;
}

static int load(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    size_t size = 0, room = 1 << 16;
    uint8_t *text = malloc(room);
    for (size_t n; (n = fread(text + size, 1, room - size, f)) > 0;)
        if ((size += n) == room) text = realloc(text, room *= 2);
    fclose(f);
    size_t len = strlen(path);
    if (len < 4 || strcmp(path + len - 4, ".txt")) add(text, size);
    else
        for (size_t begin = 0, end; begin < size; begin = end + 1) {
            for (end = begin; end < size && text[end] != '\n'; end++) {}
            add(text + begin, end - begin);
        }
    free(text);
    return 0;
}

static uint64_t seed = 0x9E3779B97F4A7C15u;
static size_t draw(size_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return below ? (size_t)(seed % below) : 0;
}

// The input in a block of exactly its size, so that a byte read behind it is noticed.
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (size) memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_edited(const input *from)
{
    enum { MOST = 1 << 16 };
    static uint8_t text[MOST];
    size_t size = from->size < MOST / 2 ? from->size : MOST / 2;
    memcpy(text, from->data, size);
    for (size_t edits = 1 + draw(4); edits; edits--) {
        size_t at = draw(size + 1), n = 1 + draw(8);
        const input *other = &corpus[draw(n_corpus)];
        switch (draw(5)) {
        case 0:                                     // another byte
            if (at < size) text[at] = (uint8_t)draw(256);
            break;
        case 1:                                     // a byte of its own kind
            if (at < size && size) text[at] = text[draw(size)];
            break;
        case 2:                                     // cut
            if (at + n <= size) memmove(text + at, text + at + n, size - at - n), size -= n;
            break;
        case 3:                                     // repeat
            if (at + n <= size && size + n <= MOST) memmove(text + at + n, text + at, size - at), size += n;
            break;
        default:                                    // splice
            n = draw(other->size + 1);
            if (n > MOST - size) n = MOST - size;
            memmove(text + at + n, text + at, size - at);
            memcpy(text + at, other->data + draw(other->size - n + 1), n);
            size += n;
        }
    }
    run(text, size);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s SECONDS FILE...\n", argv[0]);
        return 2;
    }
    for (int i = 2; i < argc; i++)
        if (load(argv[i])) return 2;
    for (size_t i = 0; i < n_corpus; i++) run(corpus[i].data, corpus[i].size);
    time_t end = time(NULL) + atoi(argv[1]);
    int64_t n_edited = 0;
    seed ^= (uint64_t)time(NULL) * (atoi(argv[1]) > 0);
    while (n_corpus && time(NULL) < end)
        for (int i = 0; i < 100; i++, n_edited++) run_edited(&corpus[draw(n_corpus)]);
    printf("%zu inputs, %lld edited\n", n_corpus, (long long)n_edited);
    for (size_t i = 0; i < n_corpus; i++) free(corpus[i].data);
    free(corpus);
    return 0;
}
