// A closed-loop HTTP/1.1 load generator that costs less than any server it measures.
//
//   load --port PORT --connections N [--active N] (--seconds S | --requests N)
//        [--path PATH] [--pipeline DEPTH] [--headers FILE] [--body FILE]
//
// One thread, one epoll. Each connection keeps DEPTH requests outstanding; with --active so many of them do, and each answer
// hands the turn to the next connection. The length of an answer is learned from the
// first one; after that answers are counted in bytes, so they must all be equally long (a change is noticed and fails).
// A connection that the server ends in order (`Connection: close` after so many requests) is opened again.
// With --headers, FILE's lines go into every request; with --body, every request is a POST of FILE.
// Prints "connected" once the server has had time to accept all connections, and in the end one JSON object: requests,
// seconds, rps, p50_us, p99_us, p999_us, max_us, errors.
#define _GNU_SOURCE
#include "loopback.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct options
{
    int port, connections, active, depth;
    double seconds;
    uint64_t requests;
    const char *path, *headers, *body;
};

struct connection
{
    int fd;
    bool asked;      // answers are outstanding
    bool full;       // the kernel took only a part of the requests; it says when it takes more
    size_t sent;     // bytes of the outstanding requests that are on their way
    size_t received; // bytes of the outstanding answers that have arrived
    uint64_t sent_at;
    uint64_t answered; // batches, since it was opened
};

static char chunk[1 << 18];

// ---- latencies: log-linear buckets, each 1.6 % wide ----------------------------------------------------------------

enum { sub_buckets = 64 };
static uint64_t histogram[64 * sub_buckets];
static uint64_t slowest_ns;

static void record(uint64_t ns)
{
    const int shift = ns < sub_buckets ? 0 : 63 - __builtin_clzll(ns) - 5;
    histogram[shift * sub_buckets + (int)((ns >> shift) & (sub_buckets - 1))]++;
    if (ns > slowest_ns) slowest_ns = ns;
}

static double percentile_us(double fraction, uint64_t samples)
{
    const uint64_t wanted = (uint64_t)((double)samples * fraction);
    uint64_t seen = 0;
    for (int i = 0; i < 64 * sub_buckets; i++)
        if ((seen += histogram[i]) > wanted) return (double)((uint64_t)(i % sub_buckets) << (i / sub_buckets)) / 1e3;
    return 0;
}

// ---- the request, and the length of its answer ---------------------------------------------------------------------

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*length + 1);
    if (fread(text, 1, *length, file) != *length) fail(path);
    text[*length] = 0;
    fclose(file);
    return text;
}

// One request as it goes onto the wire.
static char *format_request(const struct options *o, size_t *length)
{
    size_t headers_length = 0, body_length = 0;
    char *headers = o->headers ? read_file(o->headers, &headers_length) : strdup("");
    char *body = o->body ? read_file(o->body, &body_length) : strdup("");
    char entity[128] = "";
    if (o->body) {
        const char *suffix = strrchr(o->body, '.');
        const char *type = suffix && !strcmp(suffix, ".json") ? "json" : "octet-stream";
        sprintf(entity, "Content-Type: application/%s\r\nContent-Length: %zu\r\n", type, body_length);
    }

    char *request = malloc(2 * headers_length + body_length + strlen(o->path) + 512);
    char *end = request + sprintf(request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s", o->body ? "POST" : "GET",
                                  o->path, o->port, entity);
    for (char *line = strtok(headers, "\r\n"); line; line = strtok(NULL, "\r\n")) end += sprintf(end, "%s\r\n", line);
    end = mempcpy(end, "\r\n", 2);
    end = mempcpy(end, body, body_length);
    *length = (size_t)(end - request);
    free(headers);
    free(body);
    return request;
}

static char *repeat(const char *text, size_t length, size_t times)
{
    char *repeated = malloc(length * times);
    for (size_t i = 0; i < times; i++) memcpy(repeated + i * length, text, length);
    return repeated;
}

static void send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        bytes += sent;
        length -= (size_t)sent;
    }
}

// Sends one request, reads its whole answer and returns how many bytes that was.
static size_t learn_answer_length(int fd, const char *request, size_t length)
{
    send_all(fd, request, length);
    size_t received = 0, expected = 0;
    while (!expected || received < expected) {
        // Once the head is known only the count matters, and the buffer is used over and over.
        char *into = expected ? chunk : chunk + received;
        const ssize_t n = recv(fd, into, expected ? sizeof chunk : sizeof chunk - received - 1, 0);
        if (n <= 0) {
            fprintf(stderr, "load: the connection closed before the first answer was complete\n");
            exit(1);
        }
        received += (size_t)n;
        if (expected) continue;

        chunk[received] = 0;
        const char *head_end = strstr(chunk, "\r\n\r\n");
        if (!head_end) continue;
        const char *field = strcasestr(chunk, "\r\ncontent-length:");
        if (strncmp(chunk, "HTTP/1.1 200", 12) || !field || field > head_end) {
            fprintf(stderr, "load: wanted a 200 with Content-Length, got: %.*s\n", (int)strcspn(chunk, "\r"), chunk);
            exit(1);
        }
        expected = (size_t)(head_end + 4 - chunk) + strtoull(field + 17, NULL, 10);
    }
    return expected;
}

// ---- the loop ------------------------------------------------------------------------------------------------------

static struct options parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"port", 1, 0, 'p'},     {"connections", 1, 0, 'c'}, {"active", 1, 0, 'a'}, {"seconds", 1, 0, 's'}, {"requests", 1, 0, 'n'},
        {"path", 1, 0, 'u'},     {"pipeline", 1, 0, 'd'},    {"headers", 1, 0, 'H'}, {"body", 1, 0, 'b'},    {0, 0, 0, 0}};
    struct options o = {.connections = 64, .depth = 1, .path = "/"};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) switch (c) {
        case 'p': o.port = atoi(optarg); break;
        case 'c': o.connections = atoi(optarg); break;
        case 'a': o.active = atoi(optarg); break;
        case 's': o.seconds = atof(optarg); break;
        case 'n': o.requests = strtoull(optarg, NULL, 10); break;
        case 'u': o.path = optarg; break;
        case 'd': o.depth = atoi(optarg); break;
        case 'H': o.headers = optarg; break;
        case 'b': o.body = optarg; break;
        default: exit(2);
        }
    if (!o.port || o.connections < 1 || o.depth < 1 || (o.seconds > 0) == (o.requests > 0)) {
        fprintf(stderr, "load: --port and one of --seconds, --requests are needed\n");
        exit(2);
    }
    if (o.active < 1 || o.active > o.connections) o.active = o.connections;
    return o;
}

static struct options options;
static const char *request, *batch; // one, and as many as go out together
static size_t request_length, batch_length;
static size_t batch_answer; // the length of the answers to a batch
static int epoll, alive;
static struct connection *connections;
static uint64_t issued, answered, errors; // requests

static void watch(int how, struct connection *c, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(epoll, how, c->fd, &event);
}

// Sends on. What the kernel does not take now goes out later; other connections do not wait for that.
static void send_on(struct connection *c)
{
    const ssize_t sent = send(c->fd, batch + c->sent, batch_length - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) fail("send");
    c->sent += sent > 0 ? (size_t)sent : 0;
    const bool full = c->sent < batch_length;
    if (full != c->full) watch(EPOLL_CTL_MOD, c, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
    c->full = full;
    if (!full) c->sent = 0;
}

static bool may_ask(void) { return !options.requests || issued < options.requests; }

static void ask(struct connection *c, uint64_t now)
{
    c->asked = true;
    c->sent_at = now;
    issued += (uint64_t)options.depth;
    send_on(c);
}

// Whose turn it is after `c`, of which the last answer has just arrived.
static struct connection *next_after(struct connection *c)
{
    static int turn;
    if (options.active == options.connections) return c;
    while (connections[turn].asked || connections[turn].fd < 0) turn = (turn + 1) % options.connections;
    return &connections[turn];
}

static void connect_all(void)
{
    connections = calloc((size_t)options.connections, sizeof *connections);
    for (int i = 0; i < options.connections; i++) {
        struct connection *c = &connections[i];
        c->fd = connect_loopback(options.port);
        if (!batch_answer)
            batch_answer = (size_t)options.depth * learn_answer_length(c->fd, request, request_length);
        watch(EPOLL_CTL_ADD, c, EPOLLIN);
    }
    alive = options.connections;
    usleep(20000 + 20 * (useconds_t)options.connections); // the server accepts them
}

// The server has ended the connection, or just said that it will, in the answer that is `length` bytes of the chunk.
static bool ended_in_order(const struct connection *c, ssize_t length)
{
    return c->answered > 0 && (length == 0 || (length > 0 && memmem(chunk, (size_t)length, "close\r\n", 7)));
}

// Opens the connection again; what it still owed is asked for again and not counted.
static void reopen(struct connection *c)
{
    close(c->fd);
    *c = (struct connection){.fd = connect_loopback(options.port), .asked = c->asked, .sent_at = now_ns()};
    watch(EPOLL_CTL_ADD, c, EPOLLIN);
    if (c->asked) send_on(c);
}

static void leave(struct connection *c)
{
    alive--;
    close(c->fd);
    c->fd = -1;
}

// Closed on us: what it still owed counts as one error.
static void give_up(struct connection *c)
{
    errors++;
    if (c->asked) issued -= (uint64_t)options.depth;
    leave(c);
}

static void receive(struct connection *c, uint64_t now)
{
    const ssize_t n = recv(c->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    const bool starts_wrong = n >= 10 && c->received == 0 && memcmp(chunk, "HTTP/1.1 2", 10);
    const bool too_long = n > 0 && c->received + (size_t)n > batch_answer;
    if ((n <= 0 || too_long) && ended_in_order(c, n)) {
        reopen(c);
        return;
    }
    if (n <= 0) {
        give_up(c);
        return;
    }
    if (starts_wrong || too_long) {
        fprintf(stderr, "load: the answers differ in length or status; they cannot be counted in bytes\n");
        exit(1);
    }
    c->received += (size_t)n;
    if (c->received < batch_answer) return;

    record(now - c->sent_at);
    answered += (uint64_t)options.depth;
    c->answered++;
    c->received = 0;
    c->asked = false;
    if (may_ask())
        ask(next_after(c), now);
    else
        leave(c);
}

static void run_until(uint64_t end)
{
    struct epoll_event events[256];
    uint64_t now, last_progress = now_ns();
    while ((now = now_ns()) < end && alive > 0 && !(options.requests && answered >= issued)) {
        const int ready = epoll_wait(epoll, events, 256, 100);
        now = now_ns();
        if (ready > 0) last_progress = now;
        if (now - last_progress > 5000000000u) {
            fprintf(stderr, "load: no answer for 5 s\n");
            exit(1);
        }
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (c->full && (events[i].events & EPOLLOUT)) send_on(c);
            receive(c, now);
        }
    }
}

int main(int argc, char **argv)
{
    options = parse_options(argc, argv);
    allow_many_descriptors();
    request = format_request(&options, &request_length);
    batch = repeat(request, request_length, (size_t)options.depth);
    batch_length = request_length * (size_t)options.depth;

    epoll = epoll_create1(0);
    connect_all();
    puts("connected");
    fflush(stdout);

    const uint64_t start = now_ns();
    for (int i = 0; i < options.active && may_ask(); i++) ask(&connections[i], now_ns());
    run_until(options.requests ? UINT64_MAX : start + (uint64_t)(options.seconds * 1e9));
    const double seconds = (double)(now_ns() - start) / 1e9;

    if (answered == 0) {
        fprintf(stderr, "load: not one request was answered in %.1f s\n", seconds);
        return 1;
    }
    const uint64_t samples = answered / (uint64_t)options.depth;
    double requests = (double)answered; // and the part that has arrived of those that were cut short: large ones count
    for (int i = 0; i < options.connections; i++)
        requests += (double)connections[i].received * options.depth / (double)batch_answer;
    printf("{\"requests\": %.3f, \"seconds\": %.3f, \"rps\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, "
           "\"max_us\": %.1f, \"errors\": %lu}\n",
           requests, seconds, requests / seconds, percentile_us(.5, samples), percentile_us(.99, samples),
           percentile_us(.999, samples), (double)slowest_ns / 1e3, errors);
}
