// Inferometer
// SPDX-License-Identifier: Apache-2.0

// The functions of CoreFoundation that the Apple monitor calls, under their own names.

#include <string.h>

#include "objects.h"

typedef const void *reference;

reference CFStringCreateWithCString(reference allocator, const char *text, uint32_t encoding) {
    (void)allocator;
    (void)encoding;
    return fake_string(text);
}

unsigned char CFStringGetCString(reference string, char *buffer, long size, uint32_t encoding) {
    const unsigned char *bytes = fake_bytes(string);
    (void)encoding;
    if (bytes == NULL || (long)strlen((const char *)bytes) + 1 > size) return 0;
    memcpy(buffer, bytes, strlen((const char *)bytes) + 1);
    return 1;
}

void CFRelease(reference object) {
    fake_release((struct object *)object);
}

reference CFRetain(reference object) {
    fake_retain((struct object *)object);
    return object;
}

unsigned long CFGetTypeID(reference object) {
    return ((const struct object *)object)->kind;
}

unsigned long CFStringGetTypeID(void) {
    return KIND_STRING;
}

unsigned long CFDataGetTypeID(void) {
    return KIND_DATA;
}

unsigned long CFArrayGetTypeID(void) {
    return KIND_ARRAY;
}

unsigned long CFDictionaryGetTypeID(void) {
    return KIND_DICTIONARY;
}

reference CFDictionaryGetValue(reference dictionary, reference key) {
    return fake_get(dictionary, (const char *)fake_bytes(key));
}

reference CFDictionaryCreateMutableCopy(reference allocator, long capacity, reference dictionary) {
    const struct object *source = dictionary;
    struct object *copy = fake_dictionary();
    (void)allocator;
    (void)capacity;
    for (size_t index = 0; index < source->length; index++) {
        fake_retain(source->items[index]);
        fake_append(copy, source->items[index]);
    }
    return copy;
}

void CFDictionarySetValue(reference dictionary, reference key, reference value) {
    fake_retain((struct object *)value);
    fake_set((struct object *)dictionary, (const char *)fake_bytes(key), (struct object *)value);
}

reference CFArrayCreateMutableCopy(reference allocator, long capacity, reference array) {
    const struct object *source = array;
    struct object *copy = fake_array();
    (void)allocator;
    (void)capacity;
    for (size_t index = 0; index < source->length; index++) {
        fake_retain(source->items[index]);
        fake_append(copy, source->items[index]);
    }
    return copy;
}

void CFArrayRemoveValueAtIndex(reference array, long index) {
    fake_remove((struct object *)array, (size_t)index);
}

long CFArrayGetCount(reference array) {
    return (long)((const struct object *)array)->length;
}

reference CFArrayGetValueAtIndex(reference array, long index) {
    return ((const struct object *)array)->items[index];
}

const unsigned char *CFDataGetBytePtr(reference data) {
    return fake_bytes(data);
}

long CFDataGetLength(reference data) {
    return (long)((const struct object *)data)->length;
}
