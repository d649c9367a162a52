// Opens N keep-alive connections, sends one request on each, and holds them until its stdin ends.
//
//   idle PORT N PATH (answered | unanswered)
//
// Reads the answers, or expects none. Prints "ready" when all connections are as they will stay.
#include "loopback.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: idle PORT N PATH answered|unanswered\n");
        return 2;
    }
    const int port = atoi(argv[1]), count = atoi(argv[2]);
    const bool answered = !strcmp(argv[4], "answered");
    char request[512], answer[4096];
    const int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[3]);

    allow_many_descriptors();
    for (int i = 0; i < count; i++) {
        const int fd = connect_loopback(port);
        if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) fail("send");
        if (answered && recv(fd, answer, sizeof answer, 0) <= 0) fail("recv");
    }
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, answer, sizeof answer) > 0) {}
}
