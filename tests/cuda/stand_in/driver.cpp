// The stand-in of the driver: devices, contexts, streams and the words of errors.
//
// Everything happens at once, before the call returns. Memory is in memory.cpp, kernels are in module.cpp.
#include "device.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>

thread_local Device* current = nullptr;

size_t setting(const char* name, size_t otherwise) {
    const char* text = getenv(name);
    return text ? strtoull(text, nullptr, 0) : otherwise;
}

int device_count() {
    static int count = int(setting("CUSIM_DEVICES", 2));
    return count;
}

size_t memory_of_a_device() {
    static size_t bytes = setting("CUSIM_MEMORY", size_t(1) << 30);
    return bytes;
}

Device* device_at(int ordinal) {
    // Never destroyed: a program gives back memory while it ends.
    static std::deque<Device>* devices = [] {
        auto* all = new std::deque<Device>(size_t(device_count()));
        for (int i = 0; i < device_count(); i++) {
            (*all)[size_t(i)].ordinal = i;
        }
        return all;
    }();
    return ordinal >= 0 && ordinal < device_count() ? &(*devices)[size_t(ordinal)] : nullptr;
}

static bool initialised = false;

// Blocks that a program has not given back.
static void report_leaks() {
    for (int i = 0; i < device_count(); i++) {
        fprintf(stderr, "cusim: device %d: %zu blocks in use at the end\n", i, device_at(i)->blocks.size());
    }
}

extern "C" {

int cuInit(unsigned flags) {
    if (flags != 0) {
        return INVALID_VALUE;
    }
    if (device_count() == 0) {
        return NO_DEVICE;
    }
    static bool once = getenv("CUSIM_LEAKS") && atexit(report_leaks) == 0;
    (void)once;
    initialised = true;
    return SUCCESS;
}

// The real compiler asks for one where a driver is loaded, and goes on where there is none.
int cuGetExportTable(const void** table, const void*) {
    *table = nullptr;
    return NOT_FOUND;
}

int cuDriverGetVersion(int* version) {
    *version = 13000;
    return SUCCESS;
}

int cuDeviceGetCount(int* count) {
    *count = device_count();
    return initialised ? SUCCESS : NOT_INITIALIZED;
}

int cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return device_at(ordinal) ? SUCCESS : INVALID_DEVICE;
}

int cuDeviceGetName(char* name, int len, int device) {
    if (!device_at(device)) {
        return INVALID_DEVICE;
    }
    snprintf(name, size_t(len), "CPU that stands in for GPU %d", device);
    return SUCCESS;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
    if (!device_at(device)) {
        return INVALID_DEVICE;
    }
    switch (attribute) {
        case 1: *value = 1024; break;                                // MAX_THREADS_PER_BLOCK
        case 2: case 3: *value = 1024; break;                        // MAX_BLOCK_DIM_X, Y
        case 4: *value = 64; break;                                  // MAX_BLOCK_DIM_Z
        case 5: *value = 2147483647; break;                          // MAX_GRID_DIM_X
        case 6: case 7: *value = 65535; break;                       // MAX_GRID_DIM_Y, Z
        case 8: *value = 48 << 10; break;                            // MAX_SHARED_MEMORY_PER_BLOCK
        case 10: *value = 32; break;                                 // WARP_SIZE
        case 12: *value = 65536; break;                              // MAX_REGISTERS_PER_BLOCK
        case 16: *value = int(setting("CUSIM_MULTIPROCESSORS", 4)); break;
        case 39: *value = 2048; break;                               // MAX_THREADS_PER_MULTIPROCESSOR
        case 75: *value = 9; break;                                  // COMPUTE_CAPABILITY_MAJOR
        case 76: *value = 0; break;                                  // COMPUTE_CAPABILITY_MINOR
        case 97: *value = 227 << 10; break;                          // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
        case 115: *value = int(setting("CUSIM_POOLS", 1)); break;    // MEMORY_POOLS_SUPPORTED
        default: *value = 0;
    }
    return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void** context, int device) {
    *context = device_at(device);
    return *context ? SUCCESS : INVALID_DEVICE;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    return device_at(device) ? SUCCESS : INVALID_DEVICE;
}

int cuCtxSetCurrent(void* context) {
    current = static_cast<Device*>(context);
    return SUCCESS;
}

int cuCtxGetCurrent(void** context) {
    *context = current;
    return SUCCESS;
}

int cuCtxSynchronize() {
    return current ? SUCCESS : INVALID_CONTEXT;
}

int cuStreamCreate(void** stream, unsigned) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    *stream = new Stream{current};
    return SUCCESS;
}

int cuStreamDestroy_v2(void* stream) {
    delete static_cast<Stream*>(stream);
    return SUCCESS;
}

int cuStreamSynchronize(void* stream) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    return !stream || static_cast<Stream*>(stream)->device == current ? SUCCESS : INVALID_HANDLE;
}

int cuGetErrorName(int error, const char** words) {
    switch (error) {
        case SUCCESS: *words = "CUDA_SUCCESS"; break;
        case INVALID_VALUE: *words = "CUDA_ERROR_INVALID_VALUE"; break;
        case OUT_OF_MEMORY: *words = "CUDA_ERROR_OUT_OF_MEMORY"; break;
        case NOT_INITIALIZED: *words = "CUDA_ERROR_NOT_INITIALIZED"; break;
        case NO_DEVICE: *words = "CUDA_ERROR_NO_DEVICE"; break;
        case INVALID_DEVICE: *words = "CUDA_ERROR_INVALID_DEVICE"; break;
        case INVALID_IMAGE: *words = "CUDA_ERROR_INVALID_IMAGE"; break;
        case INVALID_CONTEXT: *words = "CUDA_ERROR_INVALID_CONTEXT"; break;
        case NO_BINARY_FOR_GPU: *words = "CUDA_ERROR_NO_BINARY_FOR_GPU"; break;
        case INVALID_HANDLE: *words = "CUDA_ERROR_INVALID_HANDLE"; break;
        case NOT_FOUND: *words = "CUDA_ERROR_NOT_FOUND"; break;
        case ILLEGAL_ADDRESS: *words = "CUDA_ERROR_ILLEGAL_ADDRESS"; break;
        default: *words = nullptr; return INVALID_VALUE;
    }
    return SUCCESS;
}

int cuGetErrorString(int error, const char** words) {
    return cuGetErrorName(error, words);
}

}  // extern "C"
