// Inferometer
// SPDX-License-Identifier: Apache-2.0

// A stand-in for macOS: the functions of IOReport, CoreFoundation, mach time and sysctl that the Apple monitor calls,
// following a script, so that this path runs and is tested on any platform.
//
// The script comes from `fake_ioreport_load`, or on the first call from the file that FAKE_IOREPORT_SCRIPT names. Lines:
//
//   clock manual | clock real [origin_ns=N]
//   brand "Apple M4 Max"
//   timebase numer=125 denom=3                    nanoseconds in a tick of mach time
//   asleep from=S until=S                         mach time stands still meanwhile, as in a suspended machine
//   fail at=channels|subscription|samples [from=S] [until=S]
//   slow seconds=S                                each sample takes so long
//   channel [group="Energy Model"] name="CPU Energy" unit="mJ" [start=N] [batch_ms=N] [stamp=right|none|frozen|ahead]
//   power 0:5 ...                                 of the last channel: SECONDS:WATTS
//   reset at=S | stuck from=S | gone from=S       of the last channel
//
// Every object is counted: `fake_ioreport_objects` is back where it was when all that was copied was released.

#ifndef INFEROMETER_FAKE_IOREPORT_H
#define INFEROMETER_FAKE_IOREPORT_H

/// Replaces the script; 0, or the number of the first line that was refused.
int fake_ioreport_load(const char *script);
/// Sets the time of a manual clock, in seconds.
void fake_ioreport_set_time(double seconds);
/// The number of objects alive.
long fake_ioreport_objects(void);
/// The number of samples taken.
long fake_ioreport_samples(void);

#endif
