// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Declarations that Swift cannot make itself. No library is linked, nothing vendor-made is included.

#ifndef INFEROMETER_VENDOR_SHIMS_H
#define INFEROMETER_VENDOR_SHIMS_H

#include <errno.h>
#include <stdint.h>

#if defined(__linux__)
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/// Opens a counter that counts for a whole processor: `perf_event_open`, which the C library does not wrap and which
/// Swift cannot call, as `syscall` takes a variable number of arguments.
///
/// Returns a file descriptor, or -1 with `errno` set.
static inline int inferometer_perf_event_open(uint32_t type, uint64_t config, int cpu) {
#if defined(__linux__)
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.type = type;
    attributes.size = sizeof attributes;
    attributes.config = config;
    return (int)syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
#else
    (void)type, (void)config, (void)cpu;
    errno = ENOSYS;
    return -1;
#endif
}

#endif
