// Inferometer
// SPDX-License-Identifier: Apache-2.0

#include "fake_script.h"

#include <stdlib.h>

bool fake_curve_parse(const struct fake_line *line, struct fake_curve *curve) {
    for (int index = 1; index < line->count; index++) {
        char *rest = NULL;
        double seconds = strtod(line->words[index], &rest);
        if (*rest != ':' || curve->count == FAKE_POINTS) return false;
        double watts = strtod(rest + 1, &rest);
        if (*rest != 0) return false;
        if (curve->count > 0 && seconds < curve->seconds[curve->count - 1]) return false;
        curve->seconds[curve->count] = seconds;
        curve->watts[curve->count] = watts;
        curve->count++;
    }
    return true;
}

double fake_curve_power(const struct fake_curve *curve, double at) {
    if (curve->count == 0) return 0;
    int last = curve->count - 1;
    if (at < curve->seconds[0]) return curve->watts[0];
    while (last > 0 && curve->seconds[last] > at) last--;
    if (last == curve->count - 1) return curve->watts[last];
    double span = curve->seconds[last + 1] - curve->seconds[last];
    double fraction = span > 0 ? (at - curve->seconds[last]) / span : 0;
    return curve->watts[last] + fraction * (curve->watts[last + 1] - curve->watts[last]);
}

/// Joules from time 0 to another time; negative before 0, where power is level.
static double joules_until(const struct fake_curve *curve, double until) {
    if (until <= 0) return until * curve->watts[0];
    double sum = 0;
    double left = 0;
    double power = fake_curve_power(curve, 0);
    for (int index = 0; index < curve->count; index++) {
        double right = curve->seconds[index];
        if (right <= left) {
            if (right == left) power = curve->watts[index];
            continue;
        }
        if (right >= until) break;
        sum += (right - left) * (power + curve->watts[index]) / 2;
        left = right;
        power = curve->watts[index];
    }
    // A step that falls on the very end belongs to what follows.
    double end = power;
    for (int index = 0; index < curve->count; index++) {
        if (curve->seconds[index] < until || curve->seconds[index] <= left) continue;
        double span = curve->seconds[index] - left;
        end = power + (curve->watts[index] - power) * (until - left) / span;
        break;
    }
    return sum + (until - left) * (power + end) / 2;
}

double fake_curve_joules(const struct fake_curve *curve, double from, double until) {
    if (curve->count == 0 || until <= from) return 0;
    return joules_until(curve, until) - joules_until(curve, from);
}
