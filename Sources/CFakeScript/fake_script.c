// Inferometer
// SPDX-License-Identifier: Apache-2.0

#include "fake_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *next_word(const char *text, char *word) {
    size_t length = 0;
    bool quoted = false;
    while (*text == ' ' || *text == '\t' || *text == '\r') text++;
    for (; *text != 0 && (quoted || (*text != ' ' && *text != '\t' && *text != '\r')); text++) {
        if (*text == '"') {
            quoted = !quoted;
        } else if (length + 1 < FAKE_TEXT) {
            word[length++] = *text;
        } else {
            return NULL;
        }
    }
    word[length] = 0;
    return text;
}

bool fake_line_parse(const char *text, struct fake_line *line) {
    line->count = 0;
    while (line->count < FAKE_WORDS) {
        char *word = line->words[line->count];
        text = next_word(text, word);
        if (text == NULL) return false;
        if (word[0] == '#' || (word[0] == 0 && *text == 0)) return true;
        line->count++;
    }
    return false;
}

const char *fake_line_value(const struct fake_line *line, const char *key) {
    size_t length = strlen(key);
    for (int index = 1; index < line->count; index++) {
        const char *word = line->words[index];
        if (strncmp(word, key, length) == 0 && word[length] == '=') return word + length + 1;
    }
    return NULL;
}

double fake_line_number(const struct fake_line *line, const char *key, double otherwise) {
    const char *value = fake_line_value(line, key);
    return value == NULL ? otherwise : strtod(value, NULL);
}

int fake_script_read(const char *script, fake_line_handler handler, void *context) {
    struct fake_line *line = malloc(sizeof *line);
    int number = 0;
    int refused = 0;
    while (line != NULL && refused == 0 && *script != 0) {
        size_t length = strcspn(script, "\n");
        char *text = malloc(length + 1);
        if (text == NULL) break;
        memcpy(text, script, length);
        text[length] = 0;
        number++;
        bool accepted = fake_line_parse(text, line) && (line->count == 0 || handler(line, context));
        if (!accepted) refused = number;
        free(text);
        script += length + (script[length] == '\n' ? 1 : 0);
    }
    free(line);
    return refused;
}

char *fake_script_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    size_t capacity = 1 << 20;
    char *text = malloc(capacity);
    if (text != NULL) text[fread(text, 1, capacity - 1, file)] = 0;
    fclose(file);
    return text;
}

void fake_clock_parse(const struct fake_line *line, struct fake_clock *clock) {
    const char *origin = fake_line_value(line, "origin_ns");
    clock->manual = line->count > 1 && strcmp(line->words[1], "manual") == 0;
    clock->seconds = 0;
    clock->origin_ns = origin == NULL ? fake_boot_nanoseconds() : strtoll(origin, NULL, 10);
}

int64_t fake_boot_nanoseconds(void) {
#if defined(__linux__)
    clockid_t clock = CLOCK_BOOTTIME;
#else
    clockid_t clock = CLOCK_MONOTONIC_RAW;
#endif
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

double fake_clock_now(const struct fake_clock *clock) {
    if (clock->manual) return clock->seconds;
    return (double)(fake_boot_nanoseconds() - clock->origin_ns) / 1e9;
}

void fake_delay(double seconds) {
    struct timespec rest;
    rest.tv_sec = (time_t)seconds;
    rest.tv_nsec = (long)((seconds - (double)rest.tv_sec) * 1e9);
    nanosleep(&rest, NULL);
}
