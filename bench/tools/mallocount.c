// Counts a program's allocations: LD_PRELOAD=libmallocount.so MALLOCOUNT_FILE=path program
//
// The file holds struct counts and is mapped, so that it can be read at any time and the program needs no cooperation.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct counts
{
    unsigned long allocations, bytes;
};

static struct counts unmapped; // what is allocated before the constructor below has run
static struct counts *counts = &unmapped;

__attribute__((constructor)) static void map_counts(void)
{
    const char *path = getenv("MALLOCOUNT_FILE");
    const int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0) return;
    if (ftruncate(fd, sizeof *counts) == 0) {
        void *mapped = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) counts = mapped;
    }
    close(fd);
}

static void count(size_t size)
{
    __atomic_fetch_add(&counts->allocations, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->bytes, size, __ATOMIC_RELAXED);
}

// glibc's own entry points: no dlsym(), which would itself allocate.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count(n * size);
    return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
    count(size);
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size)
{
    count(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
