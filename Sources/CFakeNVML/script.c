// Inferometer
// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_nvml.h"
#include "state.h"

static void copy_text(char *target, size_t size, const struct fake_line *line, const char *key, const char *otherwise) {
    const char *value = fake_line_value(line, key);
    snprintf(target, size, "%s", value == NULL ? otherwise : value);
}

static struct span span_of(const struct fake_line *line) {
    struct span span = {fake_line_number(line, "from", -INFINITY), fake_line_number(line, "until", INFINITY)};
    return span;
}

static bool add_device(const struct fake_line *line, struct state *state) {
    if (state->device_count == MAX_DEVICES) return false;
    struct device *device = &state->devices[state->device_count];
    memset(device, 0, sizeof *device);
    char uuid[48], bus[32];
    snprintf(uuid, sizeof uuid, "GPU-00000000-0000-0000-0000-%012d", state->device_count);
    snprintf(bus, sizeof bus, "00000000:%02X:00.0", state->device_count + 1);
    copy_text(device->name, sizeof device->name, line, "name", "NVIDIA Fake");
    copy_text(device->uuid, sizeof device->uuid, line, "uuid", uuid);
    copy_text(device->bus, sizeof device->bus, line, "bus", bus);
    device->architecture = (unsigned)fake_line_number(line, "architecture", 9);
    device->limit_mw = (unsigned)fake_line_number(line, "limit_mw", 700000);
    device->memory_bytes = (unsigned long long)fake_line_number(line, "memory_bytes", 85899345920.0);
    device->used_bytes = (unsigned long long)fake_line_number(line, "used_bytes", 1073741824.0);
    device->utilization = (unsigned)fake_line_number(line, "utilization", 50);
    device->memory_utilization = (unsigned)fake_line_number(line, "memory_utilization", 25);
    device->temperature = (unsigned)fake_line_number(line, "temperature", 55);
    device->instances = (unsigned)fake_line_number(line, "instances", 0);
    device->counter_mj = fake_line_number(line, "counter_mj", 0);
    device->period = fake_line_number(line, "period_ms", 100) / 1e3;
    device->average = fake_line_number(line, "average_ms", 0) / 1e3;
    const char *scope = fake_line_value(line, "scope");
    device->module_scope = scope != NULL && strcmp(scope, "module") == 0;
    state->device_count++;
    return true;
}

static bool add_rule(const struct fake_line *line, struct state *state) {
    if (state->rule_count == MAX_RULES) return false;
    struct rule *rule = &state->rules[state->rule_count++];
    copy_text(rule->function, sizeof rule->function, line, "function", "*");
    rule->device = state->device_count - 1;
    rule->code = (int)fake_line_number(line, "code", OK);
    rule->seconds = fake_line_number(line, "seconds", 0);
    rule->when = span_of(line);
    return true;
}

static bool add_reload(const struct fake_line *line, struct state *state) {
    if (state->reload_count == MAX_EVENTS) return false;
    double at = fake_line_number(line, "at", 0);
    struct span span = {at, at + fake_line_number(line, "down", 0)};
    state->reloads[state->reload_count++] = span;
    return true;
}

static bool add_process(const struct fake_line *line, struct device *device) {
    if (device->process_count == MAX_EVENTS) return false;
    struct process *process = &device->processes[device->process_count++];
    process->pid = (unsigned)fake_line_number(line, "pid", 0);
    process->share = (unsigned)fake_line_number(line, "share", 0);
    const char *bytes = fake_line_value(line, "bytes");
    process->bytes = bytes == NULL ? ~0ULL : strtoull(bytes, NULL, 10);
    process->when = span_of(line);
    return true;
}

static bool add_event(const struct fake_line *line, struct device *device) {
    const char *word = line->words[0];
    if (strcmp(word, "power") == 0) return fake_curve_parse(line, &device->curve);
    if (strcmp(word, "process") == 0) return add_process(line, device);
    if (strcmp(word, "reset") == 0 && device->reset_count < MAX_EVENTS) {
        device->resets[device->reset_count++] = fake_line_number(line, "at", 0);
        return true;
    }
    if (strcmp(word, "jump") == 0 && device->jump_count < MAX_EVENTS) {
        struct jump jump = {fake_line_number(line, "at", 0), fake_line_number(line, "mj", 0)};
        device->jumps[device->jump_count++] = jump;
        return true;
    }
    if (strcmp(word, "stale") == 0 && device->stale_count < MAX_EVENTS) {
        device->stale[device->stale_count++] = span_of(line);
        return true;
    }
    return false;
}

static bool handle(const struct fake_line *line, void *context) {
    struct state *state = context;
    const char *word = line->words[0];
    if (strcmp(word, "clock") == 0) {
        fake_clock_parse(line, &state->clock);
        return true;
    }
    if (strcmp(word, "driver") == 0) {
        copy_text(state->driver, sizeof state->driver, line, "version", "550.54.15");
        return true;
    }
    if (strcmp(word, "device") == 0) return add_device(line, state);
    if (strcmp(word, "fail") == 0 || strcmp(word, "slow") == 0) return add_rule(line, state);
    if (strcmp(word, "reload") == 0) return add_reload(line, state);
    if (state->device_count == 0) return false;
    return add_event(line, &state->devices[state->device_count - 1]);
}

/// Reads a script into the state; the caller holds the lock.
static int load(const char *script) {
    memset(&fake_state, 0, sizeof fake_state);
    fake_state.clock.origin_ns = fake_boot_nanoseconds();
    snprintf(fake_state.driver, sizeof fake_state.driver, "550.54.15");
    fake_state.loaded = true;
    return fake_script_read(script, handle, &fake_state);
}

int fake_nvml_load(const char *script) {
    pthread_mutex_lock(&fake_lock);
    int line = load(script);
    pthread_mutex_unlock(&fake_lock);
    return line;
}

void fake_ensure_loaded(void) {
    pthread_mutex_lock(&fake_lock);
    if (!fake_state.loaded) {
        const char *path = getenv("FAKE_NVML_SCRIPT");
        char *script = path == NULL ? NULL : fake_script_file(path);
        int line = load(script == NULL ? "" : script);
        if (line != 0) fprintf(stderr, "%s:%d: refused\n", path, line);
        if (path != NULL && script == NULL) fprintf(stderr, "%s: cannot be read\n", path);
        free(script);
    }
    pthread_mutex_unlock(&fake_lock);
}
