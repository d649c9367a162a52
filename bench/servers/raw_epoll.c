// The limit: one thread, one epoll, no parsing. What this costs is what the kernel costs.
//
//   raw_epoll PORT          GET /sleep... -> a canned 200 after 10 ms;   anything else -> the same at once
//
// Counts the ends of heads ("\r\n\r\n") in what it has read and answers all pipelined requests with one send.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER                                                                                                         \
    "HTTP/1.1 200 OK\r\nServer: raw\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/plain\r\n"            \
    "Content-Length: 13\r\n\r\nHello, World!"
enum { answer_length = sizeof(ANSWER) - 1, most_pipelined = 64, read_buffer = 2048, most_events = 256 };
static char answers[answer_length * most_pipelined];

struct connection
{
    int fd;
    bool closed, sleeping;
    unsigned length;
    uint64_t due;
    struct connection *next;
    char buffer[read_buffer];
};

// All sleeps are equally long, so the timers are a queue: the cheapest there can be.
static const uint64_t sleep_ns = 10000000;
static struct connection *sleepers, **last_sleeper = &sleepers;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void drop(struct connection *c)
{
    close(c->fd);
    if (c->sleeping)
        c->closed = true; // freed when its timer comes up
    else
        free(c);
}

static void start_sleep(struct connection *c)
{
    c->due = now_ns() + sleep_ns;
    c->next = NULL;
    c->sleeping = true;
    *last_sleeper = c;
    last_sleeper = &c->next;
}

static void wake_sleepers(void)
{
    const uint64_t now = sleepers ? now_ns() : 0;
    while (sleepers && sleepers->due <= now) {
        struct connection *c = sleepers;
        sleepers = c->next;
        if (!sleepers) last_sleeper = &sleepers;
        c->sleeping = false;
        if (c->closed)
            free(c);
        else
            send(c->fd, ANSWER, answer_length, MSG_NOSIGNAL);
    }
}

static void accept_all(int epoll, int listener)
{
    const int on = 1;
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = malloc(sizeof *c);
        c->fd = fd;
        c->closed = c->sleeping = false;
        c->length = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static void serve(struct connection *c)
{
    const ssize_t n = recv(c->fd, c->buffer + c->length, sizeof c->buffer - c->length, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        drop(c);
        return;
    }
    c->length += (unsigned)n;

    const bool wants_sleep = !memcmp(c->buffer, "GET /sleep", 10);
    unsigned requests = 0;
    char *rest = c->buffer, *end = c->buffer + c->length;
    for (char *head_end; requests < most_pipelined && (head_end = memmem(rest, (size_t)(end - rest), "\r\n\r\n", 4));) {
        requests++;
        rest = head_end + 4;
    }
    c->length = (unsigned)(end - rest);
    memmove(c->buffer, rest, c->length);

    if (requests == 0) return;
    if (wants_sleep)
        start_sleep(c);
    else
        send(c->fd, answers, answer_length * requests, MSG_NOSIGNAL);
}

// epoll_wait counts in milliseconds, too coarse for a timer of ten.
static int wait_until(int epoll, struct epoll_event *events, uint64_t due)
{
    const uint64_t now = now_ns();
    const struct timespec left = {0, due > now ? (long)(due - now) : 0};
    return epoll_pwait2(epoll, events, most_events, &left, NULL);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: raw_epoll PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < most_pipelined; i++) memcpy(answers + i * answer_length, ANSWER, answer_length);

    const int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)atoi(argv[1])),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("bind");
        return 1;
    }

    const int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[most_events];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        const int ready = sleepers ? wait_until(epoll, events, sleepers->due) : epoll_wait(epoll, events, most_events, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr)
                serve(events[i].data.ptr);
            else
                accept_all(epoll, listener);
        }
        wake_sleepers();
    }
}
