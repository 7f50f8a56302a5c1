// Inferometer
// SPDX-License-Identifier: Apache-2.0

#ifndef C_TELEMETRY_SHIMS_H
#define C_TELEMETRY_SHIMS_H

/// Asks the kernel to wake the calling thread within so many nanoseconds of a timer's end, where it can be asked.
/// Returns 0, or -1 where it cannot. (The call itself is variadic, which Swift does not import.)
int telemetry_set_timer_slack(unsigned long nanoseconds);

#endif
