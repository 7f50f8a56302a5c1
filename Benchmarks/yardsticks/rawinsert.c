// Inferometer
// SPDX-License-Identifier: Apache-2.0
//
// The bare SQLite C API inserting rows that exist: rawinsert SOURCE.db TABLE TARGET.db BATCH FULL
// Reads the table's rows into memory, makes the same table with the same indexes anew, and times prepared inserts,
// BATCH rows a transaction, in WAL mode with synchronous NORMAL (FULL: 0) or FULL (1). Prints rows and seconds.

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int code, sqlite3 *db, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void copySchema(sqlite3 *source, sqlite3 *target, const char *table) {
    sqlite3_stmt *s;
    check(sqlite3_prepare_v2(source,
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL AND type IN ('table', 'index') "
        "ORDER BY type DESC", -1, &s, NULL), source, "schema");
    sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW)
        check(sqlite3_exec(target, (const char *)sqlite3_column_text(s, 0), NULL, NULL, NULL), target, "create");
    sqlite3_finalize(s);
}

int main(int argc, char **argv) {
    if (argc != 6) return 64;
    const char *table = argv[2];
    int batch = atoi(argv[4]);
    sqlite3 *source, *target;
    check(sqlite3_open_v2(argv[1], &source, SQLITE_OPEN_READONLY, NULL), NULL, argv[1]);
    check(sqlite3_open(argv[3], &target), NULL, argv[3]);
    sqlite3_exec(target, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    sqlite3_exec(target, atoi(argv[5]) ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    copySchema(source, target, table);

    char text[4096];
    snprintf(text, sizeof text, "SELECT * FROM %s ORDER BY rowid", table);
    sqlite3_stmt *read;
    check(sqlite3_prepare_v2(source, text, -1, &read, NULL), source, text);
    int columns = sqlite3_column_count(read);
    size_t rows = 0, room = 0;
    sqlite3_value **values = NULL;
    while (sqlite3_step(read) == SQLITE_ROW) {
        if (rows == room) {
            room = room ? room * 2 : 1024;
            values = realloc(values, room * (size_t)columns * sizeof *values);
        }
        for (int i = 0; i < columns; i++)
            values[rows * (size_t)columns + (size_t)i] = sqlite3_value_dup(sqlite3_column_value(read, i));
        rows++;
    }
    sqlite3_finalize(read);

    snprintf(text, sizeof text, "INSERT INTO %s VALUES (?", table);
    for (int i = 1; i < columns; i++) strcat(text, ",?");
    strcat(text, ")");
    sqlite3_stmt *insert;
    check(sqlite3_prepare_v2(target, text, -1, &insert, NULL), target, text);
    double began = now();
    for (size_t row = 0; row < rows; row++) {
        if (row % (size_t)batch == 0) check(sqlite3_exec(target, "BEGIN IMMEDIATE", NULL, NULL, NULL), target, "begin");
        for (int i = 0; i < columns; i++)
            sqlite3_bind_value(insert, i + 1, values[row * (size_t)columns + (size_t)i]);
        check(sqlite3_step(insert), target, "insert");
        sqlite3_reset(insert);
        if (row % (size_t)batch == (size_t)batch - 1 || row == rows - 1)
            check(sqlite3_exec(target, "COMMIT", NULL, NULL, NULL), target, "commit");
    }
    printf("{\"rows\": %zu, \"seconds\": %.6f}\n", rows, now() - began);
    sqlite3_finalize(insert);
    sqlite3_close(target);
    sqlite3_close(source);
    return 0;
}
