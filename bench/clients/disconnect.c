// How long after a client's close() does the server's handler learn of it?
//
//   disconnect PORT COUNT IN_FLIGHT (fin | rst) REPORT_FD
//
// IN_FLIGHT - 1 requests for /wait stay open all the time. COUNT times: open one more connection, request /wait?id=N,
// give the handler a millisecond to get there, close. The server writes struct report to the other end of REPORT_FD
// when its handler sees the cancellation. Prints one JSON object: count, seen, p50_us, p90_us, p99_us, max_us.
#define _GNU_SOURCE
#include "loopback.h"

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

struct report
{
    uint64_t id;
    uint64_t seen_at_ns; // CLOCK_MONOTONIC
};

static int open_request(int port, uint64_t id)
{
    char request[128];
    const int fd = connect_loopback(port);
    const int length = sprintf(request, "GET /wait?id=%lu HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", id);
    if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) fail("send");
    return fd;
}

// Waits up to a second for the report about `id`; others (of connections closed by mistake) are skipped.
static bool await_report(int report_fd, uint64_t id, struct report *report)
{
    for (;;) {
        struct pollfd readable = {report_fd, POLLIN, 0};
        if (poll(&readable, 1, 1000) <= 0) return false;
        if (read(report_fd, report, sizeof *report) != sizeof *report) return false;
        if (report->id == id) return true;
    }
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    if (argc != 6 || atoi(argv[2]) < 1) {
        fprintf(stderr, "usage: disconnect PORT COUNT IN_FLIGHT fin|rst REPORT_FD\n");
        return 2;
    }
    const int port = atoi(argv[1]), count = atoi(argv[2]), in_flight = atoi(argv[3]), report_fd = atoi(argv[5]);
    const bool reset = !strcmp(argv[4], "rst");

    for (int i = 1; i < in_flight; i++) open_request(port, 1000000u + (uint64_t)i);
    usleep(300000); // all of them have reached the handler

    double *latency_us = calloc((size_t)count, sizeof *latency_us);
    int seen = 0;
    for (int i = 0; i < count; i++) {
        const int fd = open_request(port, (uint64_t)i);
        usleep(1000);
        if (reset) { // closing with a linger time of zero sends RST instead of FIN
            const struct linger at_once = {1, 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        const uint64_t closed_at = now_ns();
        close(fd);
        struct report report;
        if (await_report(report_fd, (uint64_t)i, &report))
            latency_us[seen++] = ((double)report.seen_at_ns - (double)closed_at) / 1e3;
    }

    qsort(latency_us, (size_t)seen, sizeof *latency_us, by_value);
    const int last = seen ? seen - 1 : 0;
    printf("{\"count\": %d, \"seen\": %d, \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f}\n", count,
           seen, latency_us[(int)(last * .5)], latency_us[(int)(last * .9)], latency_us[(int)(last * .99)],
           latency_us[last]);
}
