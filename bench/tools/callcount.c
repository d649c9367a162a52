// Counts a program's allocations and system calls: LD_PRELOAD=libcallcount.so CALLCOUNT_FILE=path program
//
// With CALLCOUNT_PROMPT_CLIENT=N in the environment, the client is never what a server waits for in vain: a receive from a
// connection waits until there is something, if since the last send to it there have been N sends to others. A client that
// got no processor for a while then looks like one that answers promptly; a server that reads too early still comes up empty.
//
// The file holds one unsigned long for each counter, in the order of `enum counter`, and is mapped, so that it can be read
// at any time and the program needs no cooperation. System calls are counted where the program calls the C library, at a
// price of nanoseconds: other than under strace it keeps its speed. What the library calls for itself is not seen, nor
// what a program calls without it, as Go does.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

// Kept in step with harness/preload.py.
enum counter {
    allocations,
    allocated_bytes,
    receives,
    sends,
    epoll_waits,
    epoll_ctls,
    timer_settings,
    others,
    counter_count
};

enum { most_descriptors = 1 << 16 };
static unsigned long sends_to_others;             // after which a client has answered; 0: take it as it is
static unsigned long all_sends;                   // so far
static unsigned long last_send[most_descriptors]; // to this descriptor, in the count of all

static unsigned long unmapped[counter_count]; // what happens before the constructor below has run
static unsigned long *counts = unmapped;

__attribute__((constructor)) static void map_counts(void)
{
    const char *path = getenv("CALLCOUNT_FILE");
    const int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0) return;
    if (ftruncate(fd, sizeof unmapped) == 0) {
        void *mapped = mmap(NULL, sizeof unmapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) counts = mapped;
    }
    close(fd);

    const char *promptness = getenv("CALLCOUNT_PROMPT_CLIENT");
    sends_to_others = promptness ? strtoul(promptness, NULL, 10) : 0;
}

static void count(enum counter which, unsigned long by) { __atomic_fetch_add(&counts[which], by, __ATOMIC_RELAXED); }

// ---- allocations: glibc's own entry points, as dlsym() would itself allocate ---------------------------------------

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void count_allocation(size_t size)
{
    count(allocations, 1);
    count(allocated_bytes, size);
}

void *malloc(size_t size)
{
    count_allocation(size);
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count_allocation(n * size);
    return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
    count_allocation(size);
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size)
{
    count_allocation(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}

// ---- system calls that a server makes between requests -------------------------------------------------------------

// Defines a function that counts and then asks the kernel itself.
#define COUNTED(which, type, name, parameters, ...)                                                                    \
    type name parameters                                                                                               \
    {                                                                                                                  \
        count(which, 1);                                                                                               \
        return (type)syscall(__VA_ARGS__);                                                                             \
    }

static void note_send(int fd)
{
    if (fd >= 0 && fd < most_descriptors) last_send[fd] = ++all_sends;
}

#define SIGNAL_SET_SIZE 8 // of the kernel's sigset_t

static void await_client(int fd)
{
    if (sends_to_others == 0 || fd < 0 || fd >= most_descriptors || last_send[fd] == 0) return;
    if (all_sends - last_send[fd] < sends_to_others) return;
    struct pollfd readable = {fd, POLLIN, 0};
    const struct timespec at_most = {1, 0};
    syscall(SYS_ppoll, &readable, 1, &at_most, NULL, SIGNAL_SET_SIZE);
}

// The same with what a receive and a send do besides.
#define COUNTED_RECEIVE(name, parameters, ...)                                                                         \
    ssize_t name parameters                                                                                            \
    {                                                                                                                  \
        await_client(fd);                                                                                              \
        count(receives, 1);                                                                                            \
        return syscall(__VA_ARGS__);                                                                                   \
    }
#define COUNTED_SEND(name, parameters, ...)                                                                            \
    ssize_t name parameters                                                                                            \
    {                                                                                                                  \
        note_send(fd);                                                                                                 \
        count(sends, 1);                                                                                               \
        return syscall(__VA_ARGS__);                                                                                   \
    }

COUNTED_RECEIVE(recv, (int fd, void *to, size_t n, int flags), SYS_recvfrom, fd, to, n, flags, NULL, NULL)
COUNTED_RECEIVE(recvmsg, (int fd, struct msghdr *message, int flags), SYS_recvmsg, fd, message, flags)
COUNTED_RECEIVE(read, (int fd, void *to, size_t n), SYS_read, fd, to, n)
COUNTED_RECEIVE(readv, (int fd, const struct iovec *to, int n), SYS_readv, fd, to, n)

COUNTED_SEND(send, (int fd, const void *from, size_t n, int flags), SYS_sendto, fd, from, n, flags, NULL, 0)
COUNTED_SEND(sendmsg, (int fd, const struct msghdr *message, int flags), SYS_sendmsg, fd, message, flags)
COUNTED_SEND(write, (int fd, const void *from, size_t n), SYS_write, fd, from, n)
COUNTED_SEND(writev, (int fd, const struct iovec *from, int n), SYS_writev, fd, from, n)
COUNTED_SEND(sendfile, (int fd, int from, off_t *at, size_t n), SYS_sendfile, fd, from, at, n)

COUNTED(epoll_waits, int, epoll_wait, (int epoll, struct epoll_event *events, int n, int milliseconds), SYS_epoll_pwait,
        epoll, events, n, milliseconds, NULL, SIGNAL_SET_SIZE)
COUNTED(epoll_waits, int, epoll_pwait,
        (int epoll, struct epoll_event *events, int n, int milliseconds, const sigset_t *mask), SYS_epoll_pwait, epoll,
        events, n, milliseconds, mask, SIGNAL_SET_SIZE)
COUNTED(epoll_waits, int, epoll_pwait2,
        (int epoll, struct epoll_event *events, int n, const struct timespec *left, const sigset_t *mask),
        SYS_epoll_pwait2, epoll, events, n, left, mask, SIGNAL_SET_SIZE)
COUNTED(epoll_ctls, int, epoll_ctl, (int epoll, int what, int fd, struct epoll_event *event), SYS_epoll_ctl, epoll, what,
        fd, event)
COUNTED(timer_settings, int, timerfd_settime, (int fd, int flags, const struct itimerspec *at, struct itimerspec *old),
        SYS_timerfd_settime, fd, flags, at, old)

COUNTED(others, int, getsockopt, (int fd, int level, int name, void *restrict value, socklen_t *restrict length),
        SYS_getsockopt, fd, level, name, value, length)
COUNTED(others, int, setsockopt, (int fd, int level, int name, const void *value, socklen_t length), SYS_setsockopt, fd,
        level, name, value, length)
COUNTED(others, int, shutdown, (int fd, int how), SYS_shutdown, fd, how)

int poll(struct pollfd *fds, nfds_t n, int milliseconds)
{
    const struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    count(others, 1);
    return (int)syscall(SYS_ppoll, fds, n, milliseconds < 0 ? NULL : &left, NULL, SIGNAL_SET_SIZE);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    count(others, 1);
    return (int)syscall(SYS_ioctl, fd, request, argument);
}
