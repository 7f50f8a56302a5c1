// Inferometer
// SPDX-License-Identifier: Apache-2.0

#ifndef INFEROMETER_FAKE_IOREPORT_OBJECTS_H
#define INFEROMETER_FAKE_IOREPORT_OBJECTS_H

#include <stddef.h>
#include <stdint.h>

#include "fake_script.h"

enum kind {
    KIND_STRING = 1,
    KIND_DATA,
    KIND_ARRAY,
    KIND_DICTIONARY,
    KIND_SUBSCRIPTION,
};

/// A counted object. A dictionary keeps keys and values by turns in `items`.
struct object {
    uint32_t magic;
    enum kind kind;
    int references;
    size_t length;
    unsigned char *bytes;
    struct object **items;
};

FAKE_HIDDEN struct object *fake_string(const char *text);
FAKE_HIDDEN struct object *fake_data(const void *bytes, size_t length);
FAKE_HIDDEN struct object *fake_array(void);
FAKE_HIDDEN struct object *fake_dictionary(void);
FAKE_HIDDEN struct object *fake_subscription(void);
/// Appends an object and takes over the caller's reference.
FAKE_HIDDEN void fake_append(struct object *list, struct object *item);
/// Removes and releases the element at a place.
FAKE_HIDDEN void fake_remove(struct object *list, size_t index);
/// Sets a key of a dictionary, in place of what it had, and takes over the caller's reference.
FAKE_HIDDEN void fake_set(struct object *dictionary, const char *key, struct object *value);
/// The value of a key, not retained; null if there is none.
FAKE_HIDDEN struct object *fake_get(const struct object *dictionary, const char *key);
/// The bytes of a string or data object; null for others.
FAKE_HIDDEN const unsigned char *fake_bytes(const struct object *object);
FAKE_HIDDEN void fake_retain(struct object *object);
FAKE_HIDDEN void fake_release(struct object *object);

#endif
