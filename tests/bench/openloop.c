/* Open-loop load: sends prepared requests at a fixed rate and takes the time of each from its scheduled start, so that
 * a slow answer cannot hide behind requests that were sent later because of it. Sleeps between events.
 * openloop PORT RATE CONNECTIONS FILE: FILE holds requests, each after its length in 4 bytes of this machine's order.
 * Prints JSON: requests, failed (not 2xx, or never answered), p50_us, p99_us, max_us, late (started > 1 ms after plan
 * because every connection was busy). */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { REPLY_BYTES = 65536, CONNECTIONS_MAX = 1024, PATIENCE_MS = 10000 };

struct connection {
    int fd;
    bool busy;
    int64_t planned_ns;
    size_t got;
    char reply[REPLY_BYTES + 1];
};

static struct connection connections[CONNECTIONS_MAX];
static int64_t *latencies_ns;
static size_t answered, failed, late;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int dial(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* All bytes of the first reply, or 0 while it is not whole. */
static size_t reply_length(const char *reply)
{
    const char *end = strstr(reply, "\r\n\r\n"), *length = strcasestr(reply, "\r\nContent-Length:");
    return end && length && length < end ? (size_t)(end + 4 - reply) + strtoul(length + 17, NULL, 10) : 0;
}

static void finish(struct connection *connection)
{
    latencies_ns[answered++] = now_ns() - connection->planned_ns;
    failed += strncmp(connection->reply, "HTTP/1.1 2", 10) != 0;
    connection->busy = false;
    connection->got = 0;
}

static void receive(struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->reply + connection->got, REPLY_BYTES - connection->got,
                       MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        die("the server closed a connection");
    connection->got += (size_t)got;
    connection->reply[connection->got] = '\0';
    size_t whole = reply_length(connection->reply);
    if (whole > 0 && connection->got >= whole)
        finish(connection);
}

static void send_next(struct connection *connection, FILE *file, int64_t planned_ns)
{
    static char request[REPLY_BYTES];
    uint32_t length;
    if (fread(&length, sizeof length, 1, file) != 1 || length > sizeof request ||
        fread(request, 1, length, file) != length)
        die("the file of requests");
    connection->busy = true;
    connection->planned_ns = planned_ns;
    late += now_ns() - planned_ns > 1000000;
    if (send(connection->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        die("send");
}

static struct connection *idle(size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!connections[i].busy)
            return &connections[i];
    return NULL;
}

/* Waits for answers, but not past the next planned start; nanoseconds, so that nothing has to spin. */
static void wait_events(int epoll, int64_t until_ns)
{
    struct epoll_event events[256];
    int64_t left_ns = until_ns - now_ns();
    struct timespec timeout = { left_ns > 0 ? left_ns / 1000000000 : 0, left_ns > 0 ? left_ns % 1000000000 : 0 };
    int count = epoll_pwait2(epoll, events, 256, &timeout, NULL);
    for (int i = 0; i < count; i++)
        receive(events[i].data.ptr);
}

static size_t count_requests(FILE *file)
{
    uint32_t length;
    size_t count = 0;
    while (fread(&length, sizeof length, 1, file) == 1 && fseek(file, length, SEEK_CUR) == 0)
        count++;
    rewind(file);
    return count;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static long percentile_us(double part)
{
    return answered ? (long)(latencies_ns[(size_t)((double)(answered - 1) * part)] / 1000) : 0;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 5 ? fopen(argv[4], "rb") : NULL;
    if (!file)
        die("usage: openloop PORT RATE CONNECTIONS FILE");
    double rate = atof(argv[2]);
    size_t width = strtoul(argv[3], NULL, 10), count = count_requests(file), sent = 0;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    latencies_ns = calloc(count + 1, sizeof *latencies_ns);
    if (width < 1 || width > CONNECTIONS_MAX || !latencies_ns)
        die("usage: openloop PORT RATE CONNECTIONS FILE");
    for (size_t i = 0; i < width; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &connections[i] };
        connections[i].fd = dial((uint16_t)strtoul(argv[1], NULL, 10));
        epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
    }
    int64_t start_ns = now_ns() + 10000000,
            end_ns = start_ns + (int64_t)((double)count / rate * 1e9) + PATIENCE_MS * INT64_C(1000000);
    while (answered < count && now_ns() < end_ns) {
        struct connection *connection = sent < count ? idle(width) : NULL;
        int64_t planned_ns = start_ns + (int64_t)((double)sent / rate * 1e9);
        if (connection && planned_ns <= now_ns()) {
            send_next(connection, file, planned_ns);
            sent++;
        } else {
            wait_events(epoll, connection ? planned_ns : end_ns);
        }
    }
    failed += count - answered;
    qsort(latencies_ns, answered, sizeof *latencies_ns, compare);
    printf("{\"requests\":%zu,\"failed\":%zu,\"p50_us\":%ld,\"p99_us\":%ld,\"max_us\":%ld,\"late\":%zu}\n", count,
           failed, percentile_us(0.50), percentile_us(0.99), percentile_us(1), late);
    return 0;
}
