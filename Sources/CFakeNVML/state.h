// Inferometer
// SPDX-License-Identifier: Apache-2.0

#ifndef INFEROMETER_FAKE_NVML_STATE_H
#define INFEROMETER_FAKE_NVML_STATE_H

#include <pthread.h>

#include "fake_script.h"

enum {
    MAX_DEVICES = 16,
    MAX_EVENTS = 32,
    MAX_RULES = 64,
    MAX_COUNTED = 64,
};

enum {
    OK = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    DRIVER_NOT_LOADED = 9,
};

struct span {
    double from, until;
};

struct process {
    unsigned pid, share;
    unsigned long long bytes;
    struct span when;
};

struct jump {
    double at, millijoules;
};

/// A failure or a delay of one function, of one device or of all.
struct rule {
    char function[FAKE_TEXT];
    int device;
    int code;
    double seconds;
    struct span when;
};

struct device {
    char name[96], uuid[96], bus[32];
    unsigned architecture, limit_mw, utilization, memory_utilization, temperature, instances;
    unsigned long long memory_bytes, used_bytes;
    bool module_scope;
    double counter_mj, period, average;
    struct fake_curve curve;
    int process_count, reset_count, jump_count, stale_count;
    struct process processes[MAX_EVENTS];
    double resets[MAX_EVENTS];
    struct jump jumps[MAX_EVENTS];
    struct span stale[MAX_EVENTS];
};

struct state {
    bool loaded;
    struct fake_clock clock;
    char driver[FAKE_TEXT];
    int device_count, rule_count, reload_count, counted;
    struct device devices[MAX_DEVICES];
    struct rule rules[MAX_RULES];
    struct span reloads[MAX_EVENTS];
    char names[MAX_COUNTED][FAKE_TEXT];
    unsigned long long calls[MAX_COUNTED];
    int references, generation;
};

FAKE_HIDDEN extern struct state fake_state;
FAKE_HIDDEN extern pthread_mutex_t fake_lock;

/// Loads the script that the environment names, unless one is there.
FAKE_HIDDEN void fake_ensure_loaded(void);
/// The counter's value at a time, in millijoules.
FAKE_HIDDEN unsigned long long fake_counter(const struct device *device, double at);
/// The last publication at or before a time.
FAKE_HIDDEN double fake_published(const struct device *device, double at);
/// How many times the driver was reloaded by a time.
FAKE_HIDDEN int fake_generation(double at);
/// Whether the driver is away.
FAKE_HIDDEN bool fake_is_down(double at);
/// Counts a call, waits as the script says, and returns the scripted failure or `OK`.
FAKE_HIDDEN int fake_enter(const char *function, int device, double *now);

#endif
