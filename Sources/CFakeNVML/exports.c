// Inferometer
// SPDX-License-Identifier: Apache-2.0

// The functions of NVIDIA's library that the monitor calls, under their own names.

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "state.h"

typedef void *handle;

static const uintptr_t handle_base = 0x100000;

enum { GPU_LOST = 15 };

static handle make_handle(int index, unsigned instance) {
    return (handle)(handle_base + ((uintptr_t)fake_state.generation << 16) + ((uintptr_t)index << 8) + instance);
}

static int handle_index(handle device) {
    return (int)((((uintptr_t)device - handle_base) >> 8) & 0xFF);
}

static unsigned handle_instance(handle device) {
    return (unsigned)((uintptr_t)device & 0xFF);
}

static int handle_generation(handle device) {
    return (int)(((uintptr_t)device - handle_base) >> 16);
}

/// Enters a call that needs a started library.
static int enter(const char *function, double *now) {
    int code = fake_enter(function, -1, now);
    if (code != OK) return code;
    return fake_state.references > 0 ? OK : UNINITIALIZED;
}

/// Enters a call about one device.
static int enter_device(const char *function, handle raw, const struct device **device, double *now) {
    int index = handle_index(raw);
    int code = fake_enter(function, index, now);
    if (code != OK) return code;
    if (fake_state.references == 0) return UNINITIALIZED;
    if (handle_generation(raw) != fake_generation(*now) || fake_is_down(*now)) return GPU_LOST;
    if (index >= fake_state.device_count) return INVALID_ARGUMENT;
    *device = &fake_state.devices[index];
    return OK;
}

static int start(const char *function) {
    double now;
    int code = fake_enter(function, -1, &now);
    if (code != OK) return code;
    if (fake_is_down(now)) return DRIVER_NOT_LOADED;
    fake_state.references++;
    fake_state.generation = fake_generation(now);
    return OK;
}

static int text(const char *value, char *buffer, unsigned length) {
    if (strlen(value) + 1 > length) return INSUFFICIENT_SIZE;
    memcpy(buffer, value, strlen(value) + 1);
    return OK;
}

int nvmlInit_v2(void) {
    return start("Init_v2");
}

int nvmlInit(void) {
    return start("Init");
}

int nvmlShutdown(void) {
    double now;
    int code = enter("Shutdown", &now);
    if (code == OK) fake_state.references--;
    return code;
}

const char *nvmlErrorString(int code) {
    switch (code) {
    case OK: return "Success";
    case UNINITIALIZED: return "Uninitialized";
    case INVALID_ARGUMENT: return "Invalid Argument";
    case NOT_SUPPORTED: return "Not Supported";
    case 4: return "Insufficient Permissions";
    case NOT_FOUND: return "Not Found";
    case INSUFFICIENT_SIZE: return "Insufficient Size";
    case DRIVER_NOT_LOADED: return "Driver Not Loaded";
    case 13: return "Function Not Found";
    case GPU_LOST: return "GPU is lost";
    default: return "Unknown Error";
    }
}

int nvmlSystemGetDriverVersion(char *buffer, unsigned length) {
    double now;
    int code = enter("SystemGetDriverVersion", &now);
    return code == OK ? text(fake_state.driver, buffer, length) : code;
}

static int count(const char *function, unsigned *count) {
    double now;
    int code = enter(function, &now);
    if (code == OK) *count = (unsigned)fake_state.device_count;
    return code;
}

int nvmlDeviceGetCount_v2(unsigned *number) {
    return count("DeviceGetCount_v2", number);
}

int nvmlDeviceGetCount(unsigned *number) {
    return count("DeviceGetCount", number);
}

static int by_index(const char *function, unsigned index, handle *device) {
    double now;
    int code = fake_enter(function, (int)index, &now);
    if (code != OK) return code;
    if (fake_state.references == 0) return UNINITIALIZED;
    if (index >= (unsigned)fake_state.device_count) return INVALID_ARGUMENT;
    *device = make_handle((int)index, 0);
    return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, handle *device) {
    return by_index("DeviceGetHandleByIndex_v2", index, device);
}

int nvmlDeviceGetHandleByIndex(unsigned index, handle *device) {
    return by_index("DeviceGetHandleByIndex", index, device);
}

int nvmlDeviceGetName(handle raw, char *buffer, unsigned length) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetName", raw, &device, &now);
    return code == OK ? text(device->name, buffer, length) : code;
}

int nvmlDeviceGetUUID(handle raw, char *buffer, unsigned length) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetUUID", raw, &device, &now);
    if (code != OK) return code;
    char uuid[128];
    if (handle_instance(raw) == 0) {
        snprintf(uuid, sizeof uuid, "%s", device->uuid);
    } else {
        snprintf(uuid, sizeof uuid, "MIG-%u-%s", handle_instance(raw), device->uuid);
    }
    return text(uuid, buffer, length);
}

struct pci_info {
    char bus_legacy[16];
    unsigned domain, bus, device, device_id, subsystem;
    char bus_id[32];
};

int nvmlDeviceGetPciInfo_v3(handle raw, struct pci_info *info) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetPciInfo_v3", raw, &device, &now);
    if (code != OK) return code;
    memset(info, 0, sizeof *info);
    snprintf(info->bus_id, sizeof info->bus_id, "%s", device->bus);
    return OK;
}

int nvmlDeviceGetArchitecture(handle raw, unsigned *architecture) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetArchitecture", raw, &device, &now);
    if (code == OK) *architecture = device->architecture;
    return code;
}

int nvmlDeviceGetTotalEnergyConsumption(handle raw, unsigned long long *millijoules) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetTotalEnergyConsumption", raw, &device, &now);
    if (code != OK) return code;
    if (handle_instance(raw) != 0) return NOT_SUPPORTED;
    *millijoules = fake_counter(device, now);
    return OK;
}

static unsigned power(const struct device *device, double now, double average) {
    double at = fake_published(device, now);
    double watts = average > 0 ? fake_curve_joules(&device->curve, at - average, at) / average
                               : fake_curve_power(&device->curve, at);
    return (unsigned)(watts * 1e3 + 0.5);
}

int nvmlDeviceGetPowerUsage(handle raw, unsigned *milliwatts) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetPowerUsage", raw, &device, &now);
    if (code != OK) return code;
    if (handle_instance(raw) != 0) return NOT_SUPPORTED;
    *milliwatts = power(device, now, device->average);
    return OK;
}

int nvmlDeviceGetEnforcedPowerLimit(handle raw, unsigned *milliwatts) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetEnforcedPowerLimit", raw, &device, &now);
    if (code == OK) *milliwatts = device->limit_mw;
    return code;
}

int nvmlDeviceGetPowerManagementLimit(handle raw, unsigned *milliwatts) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetPowerManagementLimit", raw, &device, &now);
    if (code == OK) *milliwatts = device->limit_mw;
    return code;
}

struct field_value {
    unsigned field, scope;
    long long timestamp, latency;
    int type, code;
    union {
        double number;
        unsigned word;
        unsigned long long wide;
    } value;
};

_Static_assert(sizeof(struct field_value) == 40, "nvmlFieldValue_t has 40 bytes");

static void fill(struct field_value *entry, handle raw, const struct device *device, double now) {
    char name[32];
    double unused;
    snprintf(name, sizeof name, "field:%u", entry->field);
    entry->code = fake_enter(name, handle_index(raw), &unused);
    entry->timestamp = (long long)(fake_published(device, now) * 1e6);
    if (entry->code != OK) return;
    bool right_scope = entry->scope == (device->module_scope ? 1u : 0u);
    entry->code = handle_instance(raw) == 0 ? OK : NOT_SUPPORTED;
    if (entry->code != OK) return;
    if (entry->field == 83) {
        entry->type = 3;
        entry->value.wide = fake_counter(device, now);
    } else if ((entry->field == 185 || entry->field == 186) && right_scope) {
        entry->type = 1;
        entry->value.word = power(device, now, entry->field == 185 ? device->average : 0);
    } else {
        entry->code = NOT_SUPPORTED;
    }
}

int nvmlDeviceGetFieldValues(handle raw, int number, struct field_value *values) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetFieldValues", raw, &device, &now);
    for (int index = 0; code == OK && index < number; index++) fill(&values[index], raw, device, now);
    return code;
}

struct utilization {
    unsigned gpu, memory;
};

int nvmlDeviceGetUtilizationRates(handle raw, struct utilization *rates) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetUtilizationRates", raw, &device, &now);
    if (code != OK) return code;
    // A card cut into instances has no utilisation of its own.
    if (device->instances > 0) return NOT_SUPPORTED;
    rates->gpu = device->utilization;
    rates->memory = device->memory_utilization;
    return OK;
}

int nvmlDeviceGetMemoryInfo(handle raw, unsigned long long *memory) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetMemoryInfo", raw, &device, &now);
    if (code != OK) return code;
    memory[0] = device->memory_bytes;
    memory[1] = device->memory_bytes - device->used_bytes;
    memory[2] = device->used_bytes;
    return OK;
}

struct memory_v2 {
    unsigned version;
    unsigned long long total, reserved, free, used;
};

_Static_assert(sizeof(struct memory_v2) == 40, "nvmlMemory_v2_t has 40 bytes");

int nvmlDeviceGetMemoryInfo_v2(handle raw, struct memory_v2 *memory) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetMemoryInfo_v2", raw, &device, &now);
    if (code != OK) return code;
    if (memory->version != 0x02000028) return INVALID_ARGUMENT;
    memory->total = device->memory_bytes;
    memory->used = device->used_bytes;
    memory->reserved = 0;
    memory->free = device->memory_bytes - device->used_bytes;
    return OK;
}

int nvmlDeviceGetTemperature(handle raw, int sensor, unsigned *celsius) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetTemperature", raw, &device, &now);
    if (code != OK) return code;
    if (sensor != 0) return INVALID_ARGUMENT;
    *celsius = device->temperature;
    return OK;
}

struct temperature {
    unsigned version;
    int sensor, celsius;
};

int nvmlDeviceGetTemperatureV(handle raw, struct temperature *reading) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetTemperatureV", raw, &device, &now);
    if (code != OK) return code;
    if (reading->version != 0x0100000C) return INVALID_ARGUMENT;
    reading->celsius = (int)device->temperature;
    return OK;
}

int nvmlDeviceGetMigMode(handle raw, unsigned *current, unsigned *pending) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetMigMode", raw, &device, &now);
    if (code != OK) return code;
    *current = device->instances > 0 ? 1 : 0;
    *pending = *current;
    return OK;
}

int nvmlDeviceGetMaxMigDeviceCount(handle raw, unsigned *number) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetMaxMigDeviceCount", raw, &device, &now);
    if (code == OK) *number = device->instances > 0 ? 7 : 0;
    return code;
}

int nvmlDeviceGetMigDeviceHandleByIndex(handle raw, unsigned index, handle *instance) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetMigDeviceHandleByIndex", raw, &device, &now);
    if (code != OK) return code;
    if (index >= device->instances) return NOT_FOUND;
    *instance = make_handle(handle_index(raw), index + 1);
    return OK;
}

struct process_v1 {
    unsigned pid;
    unsigned long long bytes;
};

struct process_v2 {
    unsigned pid;
    unsigned long long bytes;
    unsigned gpu_instance, compute_instance;
};

_Static_assert(sizeof(struct process_v1) == 16, "the first process structure has 16 bytes");
_Static_assert(sizeof(struct process_v2) == 24, "nvmlProcessInfo_t has 24 bytes");

/// Lists the processes into entries of either size; both begin with the same two members.
static int processes(const char *function, handle raw, unsigned *number, void *entries, size_t size) {
    const struct device *device;
    double now;
    int code = enter_device(function, raw, &device, &now);
    if (code != OK) return code;
    unsigned found = 0;
    for (int index = 0; index < device->process_count; index++) {
        const struct process *process = &device->processes[index];
        if (now < process->when.from || now >= process->when.until) continue;
        if (found < *number) {
            unsigned char *entry = (unsigned char *)entries + found * size;
            memset(entry, 0xFF, size);
            memcpy(entry, &process->pid, sizeof process->pid);
            memcpy(entry + 8, &process->bytes, sizeof process->bytes);
        }
        found++;
    }
    code = found > *number ? INSUFFICIENT_SIZE : OK;
    *number = found;
    return code;
}

int nvmlDeviceGetComputeRunningProcesses_v3(handle raw, unsigned *number, struct process_v2 *entries) {
    return processes("DeviceGetComputeRunningProcesses_v3", raw, number, entries, sizeof *entries);
}

int nvmlDeviceGetComputeRunningProcesses_v2(handle raw, unsigned *number, struct process_v2 *entries) {
    return processes("DeviceGetComputeRunningProcesses_v2", raw, number, entries, sizeof *entries);
}

int nvmlDeviceGetComputeRunningProcesses(handle raw, unsigned *number, struct process_v1 *entries) {
    return processes("DeviceGetComputeRunningProcesses", raw, number, entries, sizeof *entries);
}

struct process_sample {
    unsigned pid;
    unsigned long long stamp;
    unsigned multiprocessors, memory, encoder, decoder;
};

_Static_assert(sizeof(struct process_sample) == 32, "nvmlProcessUtilizationSample_t has 32 bytes");

int nvmlDeviceGetProcessUtilization(handle raw, struct process_sample *samples, unsigned *number,
                                    unsigned long long last_seen) {
    const struct device *device;
    double now;
    int code = enter_device("DeviceGetProcessUtilization", raw, &device, &now);
    if (code != OK) return code;
    // One sample a process and second, stamped at the second's end.
    unsigned long long stamp = (unsigned long long)now * 1000000;
    unsigned found = 0;
    if (stamp <= last_seen) return NOT_FOUND;
    for (int index = 0; index < device->process_count && found < *number; index++) {
        const struct process *process = &device->processes[index];
        if (now < process->when.from || now >= process->when.until) continue;
        struct process_sample sample = {process->pid, stamp, process->share, 0, 0, 0};
        samples[found++] = sample;
    }
    *number = found;
    return found > 0 ? OK : NOT_FOUND;
}
