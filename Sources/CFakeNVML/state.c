// Inferometer
// SPDX-License-Identifier: Apache-2.0

#include "state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fake_nvml.h"

struct state fake_state;
pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;

static bool inside(struct span span, double at) {
    return at >= span.from && at < span.until;
}

double fake_published(const struct device *device, double at) {
    // A hair is added so that a time that is a whole number of periods counts as published.
    return device->period > 0 ? floor(at / device->period + 1e-9) * device->period : at;
}

unsigned long long fake_counter(const struct device *device, double at) {
    double time = fake_published(device, at);
    double start = 0;
    double base = device->counter_mj;
    for (int index = 0; index < device->stale_count; index++) {
        if (inside(device->stale[index], time)) time = fake_published(device, device->stale[index].from);
    }
    for (int index = 0; index < device->reset_count; index++) {
        if (device->resets[index] <= time && device->resets[index] >= start) {
            start = device->resets[index];
            base = 0;
        }
    }
    for (int index = 0; index < fake_state.reload_count; index++) {
        if (fake_state.reloads[index].until <= time && fake_state.reloads[index].until >= start) {
            start = fake_state.reloads[index].until;
            base = 0;
        }
    }
    double value = base + fake_curve_joules(&device->curve, start, time) * 1e3;
    for (int index = 0; index < device->jump_count; index++) {
        if (device->jumps[index].at > start && device->jumps[index].at <= time) value += device->jumps[index].millijoules;
    }
    return value > 0 ? (unsigned long long)(value + 1e-6) : 0;
}

int fake_generation(double at) {
    int generation = 0;
    for (int index = 0; index < fake_state.reload_count; index++) {
        if (fake_state.reloads[index].from <= at) generation = index + 1;
    }
    return generation;
}

bool fake_is_down(double at) {
    for (int index = 0; index < fake_state.reload_count; index++) {
        if (inside(fake_state.reloads[index], at)) return true;
    }
    return false;
}

static void count_call(const char *function) {
    for (int index = 0; index < fake_state.counted; index++) {
        if (strcmp(fake_state.names[index], function) != 0) continue;
        fake_state.calls[index]++;
        return;
    }
    if (fake_state.counted == MAX_COUNTED) return;
    strncpy(fake_state.names[fake_state.counted], function, FAKE_TEXT - 1);
    fake_state.calls[fake_state.counted++] = 1;
}

int fake_enter(const char *function, int device, double *now) {
    fake_ensure_loaded();
    pthread_mutex_lock(&fake_lock);
    count_call(function);
    *now = fake_clock_now(&fake_state.clock);
    int code = OK;
    double wait = 0;
    for (int index = 0; index < fake_state.rule_count; index++) {
        const struct rule *rule = &fake_state.rules[index];
        bool named = strcmp(rule->function, "*") == 0 || strcmp(rule->function, function) == 0;
        if (!named || !inside(rule->when, *now) || (rule->device >= 0 && rule->device != device)) continue;
        wait += rule->seconds;
        if (code == OK) code = rule->code;
    }
    pthread_mutex_unlock(&fake_lock);
    // The wait stands outside the lock: a slow call keeps only its own thread.
    if (wait > 0) {
        fake_delay(wait);
        *now = fake_clock_now(&fake_state.clock);
    }
    return code;
}

void fake_nvml_set_time(double seconds) {
    pthread_mutex_lock(&fake_lock);
    fake_state.clock.seconds = seconds;
    pthread_mutex_unlock(&fake_lock);
}

unsigned long long fake_nvml_calls(const char *function) {
    unsigned long long calls = 0;
    pthread_mutex_lock(&fake_lock);
    for (int index = 0; index < fake_state.counted; index++) {
        if (strcmp(fake_state.names[index], function) == 0) calls = fake_state.calls[index];
    }
    pthread_mutex_unlock(&fake_lock);
    return calls;
}

double fake_nvml_joules(unsigned device, double from, double until) {
    if (device >= (unsigned)fake_state.device_count) return 0;
    return fake_curve_joules(&fake_state.devices[device].curve, from, until);
}

unsigned long long fake_nvml_counter(unsigned device, double at) {
    if (device >= (unsigned)fake_state.device_count) return 0;
    return fake_counter(&fake_state.devices[device], at);
}
