// Inferometer
// SPDX-License-Identifier: Apache-2.0

// A stand-in for NVIDIA's management library that follows a script.
//
// The script comes from `fake_nvml_load`, or on the first call from the file that FAKE_NVML_SCRIPT names. Lines:
//
//   clock manual | clock real [origin_ns=N]       N on CLOCK_BOOTTIME, default now
//   driver version="550.54.15"
//   slow seconds=0.1 [function=NAME] [from=S] [until=S]
//   fail function=NAME|* code=N [from=S] [until=S]   after a `device` line for that device only; `field:N` is one field
//   reload at=S [down=S]                          the driver goes away, comes back after `down`, counters start again
//   device name="NVIDIA H100 80GB HBM3" uuid=GPU-... [bus=00000000:41:00.0] [architecture=9] [limit_mw=700000]
//          [memory_bytes=N] [used_bytes=N] [utilization=N] [memory_utilization=N] [temperature=N]
//          [counter_mj=N] [period_ms=100] [average_ms=N] [scope=gpu|module] [instances=N]
//   power 0:60 2:60 2:300 ...                     of the last device: SECONDS:WATTS, more lines go on
//   process pid=N [bytes=N] [share=PERCENT] [from=S] [until=S]   of the last device
//   reset at=S                                    of the last device: its counter starts again at 0
//   jump at=S mj=N                                of the last device: its counter jumps, back if N is negative
//   stale from=S [until=S]                        of the last device: its counter stands still
//
// NAME is written without `nvml`, suffix included: `DeviceGetTotalEnergyConsumption`.

#ifndef INFEROMETER_FAKE_NVML_H
#define INFEROMETER_FAKE_NVML_H

/// Replaces the script; 0, or the number of the first line that was refused.
int fake_nvml_load(const char *script);
/// Sets the time of a manual clock, in seconds.
void fake_nvml_set_time(double seconds);
/// How often a function was called, by its name without `nvml`.
unsigned long long fake_nvml_calls(const char *function);
/// Joules under a device's curve between two times, whatever its counter says.
double fake_nvml_joules(unsigned device, double from, double until);
/// What a device's counter shows at a time, in millijoules.
unsigned long long fake_nvml_counter(unsigned device, double at);

#endif
