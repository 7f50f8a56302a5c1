// Inferometer
// SPDX-License-Identifier: Apache-2.0

// The functions of IOReport, mach time and sysctl that the Apple monitor calls, under their own names.

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_ioreport.h"
#include "objects.h"

enum { MAX_CHANNELS = 64, MAX_FAILURES = 16 };

enum stamp { STAMP_RIGHT, STAMP_NONE, STAMP_FROZEN, STAMP_AHEAD };

struct channel {
    char group[FAKE_TEXT], name[FAKE_TEXT], unit[FAKE_TEXT];
    double start, batch, reset, stuck, gone;
    enum stamp stamp;
    struct fake_curve curve;
};

struct failure {
    char place[FAKE_TEXT];
    double from, until;
};

static struct {
    bool loaded;
    struct fake_clock clock;
    char brand[FAKE_TEXT];
    unsigned numer, denom;
    double asleep_from, asleep_until, slow;
    int channel_count, failure_count;
    struct channel channels[MAX_CHANNELS];
    struct failure failures[MAX_FAILURES];
} state;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_long samples;

static bool add_channel(const struct fake_line *line) {
    if (state.channel_count == MAX_CHANNELS) return false;
    struct channel *channel = &state.channels[state.channel_count++];
    const char *group = fake_line_value(line, "group");
    const char *name = fake_line_value(line, "name");
    const char *unit = fake_line_value(line, "unit");
    const char *stamp = fake_line_value(line, "stamp");
    memset(channel, 0, sizeof *channel);
    snprintf(channel->group, FAKE_TEXT, "%s", group == NULL ? "Energy Model" : group);
    snprintf(channel->name, FAKE_TEXT, "%s", name == NULL ? "" : name);
    snprintf(channel->unit, FAKE_TEXT, "%s", unit == NULL ? "" : unit);
    channel->start = fake_line_number(line, "start", 0);
    channel->batch = fake_line_number(line, "batch_ms", 0) / 1e3;
    channel->reset = channel->stuck = channel->gone = INFINITY;
    if (stamp != NULL && strcmp(stamp, "none") == 0) channel->stamp = STAMP_NONE;
    if (stamp != NULL && strcmp(stamp, "frozen") == 0) channel->stamp = STAMP_FROZEN;
    if (stamp != NULL && strcmp(stamp, "ahead") == 0) channel->stamp = STAMP_AHEAD;
    return true;
}

static bool add_failure(const struct fake_line *line) {
    const char *place = fake_line_value(line, "at");
    if (place == NULL || state.failure_count == MAX_FAILURES) return false;
    struct failure *failure = &state.failures[state.failure_count++];
    snprintf(failure->place, FAKE_TEXT, "%s", place);
    failure->from = fake_line_number(line, "from", -INFINITY);
    failure->until = fake_line_number(line, "until", INFINITY);
    return true;
}

static bool handle_channel(const struct fake_line *line, struct channel *channel) {
    const char *word = line->words[0];
    if (strcmp(word, "power") == 0) return fake_curve_parse(line, &channel->curve);
    if (strcmp(word, "reset") == 0) {
        channel->reset = fake_line_number(line, "at", 0);
    } else if (strcmp(word, "stuck") == 0) {
        channel->stuck = fake_line_number(line, "from", 0);
    } else if (strcmp(word, "gone") == 0) {
        channel->gone = fake_line_number(line, "from", 0);
    } else {
        return false;
    }
    return true;
}

static bool handle(const struct fake_line *line, void *context) {
    const char *word = line->words[0];
    (void)context;
    if (strcmp(word, "channel") == 0) return add_channel(line);
    if (strcmp(word, "fail") == 0) return add_failure(line);
    if (strcmp(word, "clock") == 0) {
        fake_clock_parse(line, &state.clock);
    } else if (strcmp(word, "brand") == 0) {
        snprintf(state.brand, FAKE_TEXT, "%s", line->count > 1 ? line->words[1] : "");
    } else if (strcmp(word, "timebase") == 0) {
        state.numer = (unsigned)fake_line_number(line, "numer", 1);
        state.denom = (unsigned)fake_line_number(line, "denom", 1);
    } else if (strcmp(word, "asleep") == 0) {
        state.asleep_from = fake_line_number(line, "from", 0);
        state.asleep_until = fake_line_number(line, "until", 0);
    } else if (strcmp(word, "slow") == 0) {
        state.slow = fake_line_number(line, "seconds", 0);
    } else {
        return state.channel_count > 0 && handle_channel(line, &state.channels[state.channel_count - 1]);
    }
    return true;
}

static int load(const char *script) {
    memset(&state, 0, sizeof state);
    state.clock.origin_ns = fake_boot_nanoseconds();
    state.numer = state.denom = 1;
    state.loaded = true;
    return fake_script_read(script, handle, NULL);
}

int fake_ioreport_load(const char *script) {
    pthread_mutex_lock(&lock);
    int line = load(script);
    pthread_mutex_unlock(&lock);
    return line;
}

void fake_ioreport_set_time(double seconds) {
    pthread_mutex_lock(&lock);
    state.clock.seconds = seconds;
    pthread_mutex_unlock(&lock);
}

long fake_ioreport_samples(void) {
    return atomic_load(&samples);
}

static double enter(void) {
    pthread_mutex_lock(&lock);
    if (!state.loaded) {
        const char *path = getenv("FAKE_IOREPORT_SCRIPT");
        char *script = path == NULL ? NULL : fake_script_file(path);
        if (load(script == NULL ? "" : script) != 0) fprintf(stderr, "%s: refused\n", path);
        free(script);
    }
    double now = fake_clock_now(&state.clock);
    pthread_mutex_unlock(&lock);
    return now;
}

static bool fails(const char *place, double now) {
    for (int index = 0; index < state.failure_count; index++) {
        const struct failure *failure = &state.failures[index];
        if (strcmp(failure->place, place) == 0 && now >= failure->from && now < failure->until) return true;
    }
    return false;
}

/// Seconds that the machine was awake by a time.
static double awake(double at) {
    double from = state.asleep_from;
    double until = state.asleep_until;
    if (at <= from) return at;
    return at - ((at < until ? at : until) - from);
}

static uint64_t ticks(double seconds) {
    // Mach time starts well before the script, so that stamps are never 0 or negative.
    double nanoseconds = (awake(seconds) + 1000) * 1e9;
    return (uint64_t)(nanoseconds * state.denom / state.numer + 0.5);
}

static double units_per_joule(const char *unit) {
    if (strncmp(unit, "nJ", 2) == 0) return 1e9;
    if (strncmp(unit, "uJ", 2) == 0) return 1e6;
    if (strncmp(unit, "mJ", 2) == 0) return 1e3;
    return 1;
}

/// The element as the kernel lays it out: provider, channel id, channel type, time stamp, four values.
static void element(const struct channel *channel, double now, uint64_t words[8]) {
    double published = channel->batch > 0 ? floor(now / channel->batch + 1e-9) * channel->batch : now;
    if (published > channel->stuck) published = channel->stuck;
    bool restarted = published >= channel->reset;
    double joules = fake_curve_joules(&channel->curve, restarted ? channel->reset : 0, published);
    double value = (restarted ? 0 : channel->start) + joules * units_per_joule(channel->unit);
    memset(words, 0, 8 * sizeof *words);
    if (channel->stamp == STAMP_RIGHT) words[3] = ticks(published);
    if (channel->stamp == STAMP_FROZEN) words[3] = ticks(0);
    if (channel->stamp == STAMP_AHEAD) words[3] = ticks(now + 3600);
    words[4] = (uint64_t)(int64_t)(value + 1e-6);
}

/// Whether a list of channels has one of this name; any does where there is no list.
static bool lists(const struct object *channels, const char *name) {
    if (channels == NULL) return true;
    const struct object *array = fake_get(channels, "IOReportChannels");
    for (size_t index = 0; array != NULL && index < array->length; index++) {
        if (strcmp((const char *)fake_bytes(fake_get(array->items[index], "Name")), name) == 0) return true;
    }
    return false;
}

static struct object *report(const char *group, const struct object *subscribed, double now) {
    struct object *channels = fake_array();
    for (int index = 0; index < state.channel_count; index++) {
        const struct channel *channel = &state.channels[index];
        if (group != NULL && strcmp(channel->group, group) != 0) continue;
        if (now >= channel->gone || !lists(subscribed, channel->name)) continue;
        uint64_t words[8];
        element(channel, now, words);
        struct object *entry = fake_dictionary();
        fake_set(entry, "Group", fake_string(channel->group));
        fake_set(entry, "Name", fake_string(channel->name));
        fake_set(entry, "Unit", fake_string(channel->unit));
        fake_set(entry, "RawElements", fake_data(words, sizeof words));
        fake_append(channels, entry);
    }
    struct object *dictionary = fake_dictionary();
    fake_set(dictionary, "IOReportChannels", channels);
    return dictionary;
}

const void *IOReportCopyChannelsInGroup(const void *group, const void *subgroup, uint64_t a, uint64_t b, uint64_t c) {
    double now = enter();
    (void)subgroup, (void)a, (void)b, (void)c;
    return fails("channels", now) ? NULL : report((const char *)fake_bytes(group), NULL, now);
}

const void *IOReportCreateSubscription(void *a, void *channels, void **subscribed, uint64_t b, const void *c) {
    double now = enter();
    (void)a, (void)b, (void)c;
    if (fails("subscription", now)) return NULL;
    if (subscribed != NULL) {
        fake_retain(channels);
        *subscribed = channels;
    }
    return fake_subscription();
}

const void *IOReportCreateSamples(const void *subscription, void *channels, const void *a) {
    double now = enter();
    (void)subscription, (void)a;
    atomic_fetch_add(&samples, 1);
    if (state.slow > 0) fake_delay(state.slow);
    return fails("samples", now) ? NULL : report("Energy Model", channels, now);
}

const void *IOReportChannelGetGroup(const void *channel) {
    return fake_get(channel, "Group");
}

const void *IOReportChannelGetChannelName(const void *channel) {
    return fake_get(channel, "Name");
}

const void *IOReportChannelGetUnitLabel(const void *channel) {
    return fake_get(channel, "Unit");
}

int64_t IOReportSimpleGetIntegerValue(const void *channel, int32_t index) {
    int64_t value;
    (void)index;
    memcpy(&value, fake_bytes(fake_get(channel, "RawElements")) + 32, sizeof value);
    return value;
}

uint64_t mach_absolute_time(void) {
    return ticks(enter());
}

int mach_timebase_info(unsigned *info) {
    enter();
    info[0] = state.numer;
    info[1] = state.denom;
    return 0;
}

int sysctlbyname(const char *name, void *value, size_t *size, void *new_value, size_t new_size) {
    enter();
    (void)new_value, (void)new_size;
    if (strcmp(name, "machdep.cpu.brand_string") != 0 || *size < strlen(state.brand) + 1) return -1;
    *size = strlen(state.brand) + 1;
    memcpy(value, state.brand, *size);
    return 0;
}
