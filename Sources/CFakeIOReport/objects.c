// Inferometer
// SPDX-License-Identifier: Apache-2.0

#include "objects.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_ioreport.h"

static const uint32_t alive = 0xCF0B1EC7;
static const uint32_t dead = 0xDEADDEAD;
static atomic_long living;

long fake_ioreport_objects(void) {
    return atomic_load(&living);
}

static struct object *make(enum kind kind) {
    struct object *object = calloc(1, sizeof *object);
    object->magic = alive;
    object->kind = kind;
    object->references = 1;
    atomic_fetch_add(&living, 1);
    return object;
}

struct object *fake_data(const void *bytes, size_t length) {
    struct object *object = make(KIND_DATA);
    object->bytes = malloc(length + 1);
    memcpy(object->bytes, bytes, length);
    object->bytes[length] = 0;
    object->length = length;
    return object;
}

struct object *fake_string(const char *text) {
    struct object *object = fake_data(text, strlen(text));
    object->kind = KIND_STRING;
    return object;
}

struct object *fake_array(void) {
    return make(KIND_ARRAY);
}

struct object *fake_dictionary(void) {
    return make(KIND_DICTIONARY);
}

struct object *fake_subscription(void) {
    return make(KIND_SUBSCRIPTION);
}

void fake_append(struct object *list, struct object *item) {
    list->items = realloc(list->items, (list->length + 1) * sizeof *list->items);
    list->items[list->length++] = item;
}

void fake_remove(struct object *list, size_t index) {
    fake_release(list->items[index]);
    memmove(&list->items[index], &list->items[index + 1], (list->length - index - 1) * sizeof *list->items);
    list->length--;
}

void fake_set(struct object *dictionary, const char *key, struct object *value) {
    for (size_t index = 0; index + 1 < dictionary->length; index += 2) {
        if (strcmp((const char *)dictionary->items[index]->bytes, key) != 0) continue;
        fake_release(dictionary->items[index + 1]);
        dictionary->items[index + 1] = value;
        return;
    }
    fake_append(dictionary, fake_string(key));
    fake_append(dictionary, value);
}

struct object *fake_get(const struct object *dictionary, const char *key) {
    if (dictionary == NULL || dictionary->kind != KIND_DICTIONARY) return NULL;
    for (size_t index = 0; index + 1 < dictionary->length; index += 2) {
        if (strcmp((const char *)dictionary->items[index]->bytes, key) == 0) return dictionary->items[index + 1];
    }
    return NULL;
}

const unsigned char *fake_bytes(const struct object *object) {
    if (object == NULL || (object->kind != KIND_STRING && object->kind != KIND_DATA)) return NULL;
    return object->bytes;
}

static void check(const struct object *object) {
    if (object->magic == alive) return;
    fprintf(stderr, "fake IOReport: an object was used after its release\n");
    abort();
}

void fake_retain(struct object *object) {
    check(object);
    object->references++;
}

void fake_release(struct object *object) {
    check(object);
    if (--object->references > 0) return;
    for (size_t index = 0; object->items != NULL && index < object->length; index++) fake_release(object->items[index]);
    free(object->items);
    free(object->bytes);
    // The memory itself is kept, so that a use after release is seen and not undefined.
    object->magic = dead;
    object->items = NULL;
    object->bytes = NULL;
    atomic_fetch_sub(&living, 1);
}
