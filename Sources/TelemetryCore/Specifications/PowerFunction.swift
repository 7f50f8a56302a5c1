// Inferometer
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A base raised to a real exponent, from the C library.
func power(_ base: Double, _ exponent: Double) -> Double {
    pow(base, exponent)
}
