// Inferometer
// SPDX-License-Identifier: Apache-2.0

// What the fake vendor libraries share: a script of lines, a clock, curves of power.
//
// A line is a keyword followed by key=value pairs or bare words; a value with spaces stands in double quotes, and
// `#` starts a comment. Times are seconds on the script's own time line, which starts at 0.

#ifndef INFEROMETER_FAKE_SCRIPT_H
#define INFEROMETER_FAKE_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define FAKE_HIDDEN __attribute__((visibility("hidden")))
#else
#define FAKE_HIDDEN
#endif

#define FAKE_TEXT 128
#define FAKE_WORDS 96

/// One line, cut into words.
struct fake_line {
    int count;
    char words[FAKE_WORDS][FAKE_TEXT];
};

/// Cuts one line into words, copying; false if it has too many or too long words.
FAKE_HIDDEN bool fake_line_parse(const char *text, struct fake_line *line);
/// The value of `key=`, or null.
FAKE_HIDDEN const char *fake_line_value(const struct fake_line *line, const char *key);
/// The number behind `key=`, or the default.
FAKE_HIDDEN double fake_line_number(const struct fake_line *line, const char *key, double otherwise);

typedef bool (*fake_line_handler)(const struct fake_line *line, void *context);
/// Feeds each line of a script to a handler; 0, or the number of the first line that was refused.
FAKE_HIDDEN int fake_script_read(const char *script, fake_line_handler handler, void *context);
/// Reads a whole file; the caller frees it. Null if it cannot be read.
FAKE_HIDDEN char *fake_script_file(const char *path);

/// A time line: the machine's boot clock from an origin on, or whatever a test sets.
struct fake_clock {
    bool manual;
    double seconds;
    int64_t origin_ns;
};

/// Reads `clock manual` or `clock real [origin_ns=N]`.
FAKE_HIDDEN void fake_clock_parse(const struct fake_line *line, struct fake_clock *clock);
/// Nanoseconds on the clock that counts suspended time.
FAKE_HIDDEN int64_t fake_boot_nanoseconds(void);
/// The present time on the script's time line, in seconds.
FAKE_HIDDEN double fake_clock_now(const struct fake_clock *clock);
/// Lets the calling thread wait.
FAKE_HIDDEN void fake_delay(double seconds);

#define FAKE_POINTS 512

/// Power over time: straight lines between points, level before the first and after the last. Two points at one time
/// make a step.
struct fake_curve {
    int count;
    double seconds[FAKE_POINTS];
    double watts[FAKE_POINTS];
};

/// Appends the points `SECONDS:WATTS` of a line; false if a word is none, or time goes back.
FAKE_HIDDEN bool fake_curve_parse(const struct fake_line *line, struct fake_curve *curve);
/// Watts at a time.
FAKE_HIDDEN double fake_curve_power(const struct fake_curve *curve, double at);
/// Joules between two times.
FAKE_HIDDEN double fake_curve_joules(const struct fake_curve *curve, double from, double until);

#endif
