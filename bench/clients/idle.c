// Opens N keep-alive connections, sends one request on each, reads the answer, and holds them until its stdin ends.
//
//   idle PORT N PATH        prints "ready" once all of them are idle
#include "loopback.h"

#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: idle PORT N PATH\n");
        return 2;
    }
    const int port = atoi(argv[1]), count = atoi(argv[2]);
    char request[512], answer[4096];
    const int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[3]);

    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    for (int i = 0; i < count; i++) {
        const int fd = connect_loopback(port);
        if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) fail("send");
        if (recv(fd, answer, sizeof answer, 0) <= 0) fail("recv");
    }
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, answer, sizeof answer) > 0) {}
}
