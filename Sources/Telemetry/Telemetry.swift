// Inferometer
// SPDX-License-Identifier: Apache-2.0

// Everything to measure with from inside a program, under one import: the only re-exports that there are.
@_exported public import EnergyMonitors
@_exported public import InferenceEngines
@_exported public import TelemetryCatalog
@_exported public import TelemetryCore
@_exported public import TelemetryRecording
