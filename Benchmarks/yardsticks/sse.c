// Inferometer
// SPDX-License-Identifier: Apache-2.0
//
// Event streams to measure with, on epoll and one thread each.
//   sse serve PORT                                 an engine: POST anything, the query string says how much
//   sse first PORT CALLS                           a client: short streams one after the other
//   sse load PORT STREAMS EVENTS GAP_MS clients: that many streams at once, each of EVENTS events
// An event carries the time at which it was sent, so that the client knows its delay. The path asked for is
// /v1/chat/completions; the number of events and the gap travel in the X-Stream header, which every proxy passes on.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void quick(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// MARK: The engine

typedef struct {
    int fd, left;
    int64_t due, gap;
    char request[4096];
    int length;
} Stream;

enum { MOST = 4096 };
static Stream streams[MOST];

static void sendAll(int fd, const char *data, int length) {
    while (length > 0) {
        ssize_t sent = send(fd, data, (size_t)length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) continue;
        if (sent <= 0) return;
        data += sent;
        length -= (int)sent;
    }
}

static void sendChunk(int fd, const char *data) {
    char framed[1024];
    int length = snprintf(framed, sizeof framed, "%zx\r\n%s\r\n", strlen(data), data);
    sendAll(fd, framed, length);
}

static void sendEvent(Stream *s) {
    char event[512];
    if (s->left > 0) {
        snprintf(event, sizeof event,
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
            "[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}],\"t\":%lld}\n\n",
            (long long)now());
        s->left--;
        s->due += s->gap;
        sendChunk(s->fd, event);
    }
    if (s->left == 0) {
        sendChunk(s->fd,
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
            "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],"
            "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":50,\"total_tokens\":55}}\n\n");
        sendChunk(s->fd, "data: [DONE]\n\n");
        sendAll(s->fd, "0\r\n\r\n", 5);
        s->left = -1;
    }
}

// Whether the request is whole; then its answer begins.
static void hear(Stream *s) {
    ssize_t got = recv(s->fd, s->request + s->length, sizeof s->request - 1 - (size_t)s->length, 0);
    if (got <= 0) {
        if (got < 0 && errno == EAGAIN) return;
        close(s->fd);
        s->fd = 0;
        return;
    }
    s->length += (int)got;
    s->request[s->length] = 0;
    char *end = strstr(s->request, "\r\n\r\n");
    if (!end) return;
    char *size = strcasestr(s->request, "content-length:"), *wish = strcasestr(s->request, "x-stream:");
    if (s->length < (end - s->request) + 4 + (size ? atoi(size + 15) : 0)) return;
    s->length = 0;
    int events = 50;
    double gap = 0;
    if (wish) sscanf(wish + 9, "%d/%lf", &events, &gap);
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    sendAll(s->fd, head, sizeof head - 1);
    s->left = events;
    s->gap = (int64_t)(gap * 1e6);
    s->due = now();
    if (s->gap == 0)
        while (s->left >= 0) sendEvent(s);
}

_Noreturn static void serve(int port) {
    int door = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(door, (struct sockaddr *)&at, sizeof at) || listen(door, 4096)) die("listen");
    int poll = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = MOST};
    epoll_ctl(poll, EPOLL_CTL_ADD, door, &e);
    puts("READY");
    fflush(stdout);
    for (;;) {
        struct epoll_event ready[256];
        int count = epoll_wait(poll, ready, 256, 1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.u32 < MOST) {
                Stream *s = &streams[ready[i].data.u32];
                if (s->fd) hear(s);
                continue;
            }
            int fd = accept4(door, NULL, NULL, SOCK_NONBLOCK);
            uint32_t slot = 0;
            while (slot < MOST && streams[slot].fd) slot++;
            if (fd < 0 || slot == MOST) continue;
            quick(fd);
            streams[slot] = (Stream){.fd = fd, .left = -1};
            struct epoll_event in = {.events = EPOLLIN, .data.u32 = slot};
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &in);
        }
        int64_t time = now();
        for (int i = 0; i < MOST; i++)
            if (streams[i].fd && streams[i].left >= 0 && streams[i].due <= time) sendEvent(&streams[i]);
    }
}

// MARK: The clients

typedef struct {
    int fd, done;
    int64_t began, first, last;
    char rest[4096];
    int length;
} Client;

static float *delays;
static int64_t delayCount;
static float *firsts;
static int firstCount;

static void take(Client *c, const char *data, int64_t time) {
    const char *mark = data;
    while ((mark = strstr(mark, "\"t\":"))) {
        int64_t sent = strtoll(mark + 4, NULL, 10);
        delays[delayCount++] = (float)((double)(time - sent) / 1e6);
        if (!c->first) {
            c->first = time;
            firsts[firstCount++] = (float)((double)(time - c->began) / 1e6);
        }
        c->last = time;
        mark += 4;
    }
}

static void listenTo(Client *c, int *open) {
    for (;;) {
        ssize_t got = recv(c->fd, c->rest + c->length, sizeof c->rest - 1 - (size_t)c->length, 0);
        if (got < 0 && errno == EAGAIN) return;
        int64_t time = now();
        if (got > 0) {
            c->length += (int)got;
            c->rest[c->length] = 0;
            // An event's line is looked at when it is whole.
            char *end = memrchr(c->rest, '\n', (size_t)c->length);
            if (end) {
                char kept = end[1];
                end[1] = 0;
                take(c, c->rest, time);
                if (strstr(c->rest, "data: [DONE]")) c->done = 1;
                end[1] = kept;
                c->length -= (int)(end + 1 - c->rest);
                memmove(c->rest, end + 1, (size_t)c->length);
            }
        }
        if (got <= 0 || c->done) {
            close(c->fd);
            (*open)--;
            return;
        }
    }
}

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double at(float *values, int64_t count, double share) {
    return count ? (double)values[(int64_t)((double)(count - 1) * share)] : -1;
}

static int load(int port, int number, int events, double gap) {
    delays = malloc(sizeof(float) * (size_t)number * (size_t)(events + 1));
    firsts = malloc(sizeof(float) * (size_t)number);
    Client *clients = calloc((size_t)number, sizeof *clients);
    int poll = epoll_create1(0), open = 0, failed = 0;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static const char body[] = "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
        "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    char request[1024];
    int length = snprintf(request, sizeof request,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "X-Stream: %d/%g\r\nContent-Length: %zu\r\n\r\n%s", events, gap, sizeof body - 1, body);
    for (int i = 0; i < number; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&to, sizeof to)) die("connect");
        quick(fd);
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e);
        clients[i].fd = fd;
        clients[i].began = now();
        sendAll(fd, request, length);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        open++;
        // Starts are spread over one gap, as clients' are.
        if (gap > 0 && number > 1) usleep((useconds_t)(gap * 1000 / number));
        struct epoll_event ready[64];
        int count = epoll_wait(poll, ready, 64, 0);
        for (int j = 0; j < count; j++) listenTo(&clients[ready[j].data.u32], &open);
    }
    int64_t limit = now() + (int64_t)((gap * events + 30000) * 1e6);
    while (open > 0 && now() < limit) {
        struct epoll_event ready[256];
        int count = epoll_wait(poll, ready, 256, 100);
        for (int i = 0; i < count; i++) listenTo(&clients[ready[i].data.u32], &open);
    }
    for (int i = 0; i < number; i++) failed += !clients[i].done;
    qsort(delays, (size_t)delayCount, sizeof(float), compare);
    qsort(firsts, (size_t)firstCount, sizeof(float), compare);
    printf("{\"streams\": %d, \"events\": %lld, \"unfinished\": %d, \"delay_p50_ms\": %.4f, \"delay_p99_ms\": %.4f, "
        "\"delay_max_ms\": %.4f, \"first_p50_ms\": %.4f, \"first_p99_ms\": %.4f}\n", number, (long long)delayCount, failed,
        at(delays, delayCount, 0.5), at(delays, delayCount, 0.99), at(delays, delayCount, 1),
        at(firsts, firstCount, 0.5), at(firsts, firstCount, 0.99));
    return failed > 0;
}

// Short streams one after the other on one connection: the time to the first event.
static int firstEvents(int port, int calls) {
    firsts = malloc(sizeof(float) * (size_t)calls);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = -1;
    static const char request[] = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/json\r\nX-Stream: 8/2\r\nContent-Length: 48\r\n\r\n"
        "{\"model\":\"m\",\"stream\":true,\"messages\":[       ]}";
    for (int i = 0; i < calls; i++) {
        if (fd < 0) {
            fd = socket(AF_INET, SOCK_STREAM, 0);
            if (connect(fd, (struct sockaddr *)&to, sizeof to)) die("connect");
            quick(fd);
            struct timeval limit = {.tv_sec = 10};
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        }
        char heard[8192];
        int length = 0;
        int64_t began = now(), first = 0;
        sendAll(fd, request, sizeof request - 1);
        while (length < 8000) {
            ssize_t got = recv(fd, heard + length, sizeof heard - 1 - (size_t)length, 0);
            if (got <= 0) break;
            length += (int)got;
            heard[length] = 0;
            if (!first && strstr(heard, "\"t\":")) first = now();
            if (strstr(heard, "\r\n0\r\n\r\n")) break;
        }
        if (first) firsts[firstCount++] = (float)((double)(first - began) / 1e6);
        if (!strstr(heard, "\r\n0\r\n\r\n") || strcasestr(heard, "connection: close")) {
            close(fd);
            fd = -1;
        }
    }
    qsort(firsts, (size_t)firstCount, sizeof(float), compare);
    printf("{\"calls\": %d, \"first_p50_ms\": %.4f, \"first_p99_ms\": %.4f}\n", firstCount,
        at(firsts, firstCount, 0.5), at(firsts, firstCount, 0.99));
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "first")) return firstEvents(atoi(argv[2]), atoi(argv[3]));
    if (argc == 3 && !strcmp(argv[1], "serve")) serve(atoi(argv[2]));
    if (argc == 6 && !strcmp(argv[1], "load"))
        return load(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    fprintf(stderr, "usage: sse serve PORT | sse load PORT STREAMS EVENTS GAP_MS | sse first PORT CALLS\n");
    return 64;
}
