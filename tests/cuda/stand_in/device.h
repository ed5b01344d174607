// What the parts of the stand-in of the driver share: devices, their memory, and the numbers of CUDA's errors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

enum Error {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NO_BINARY_FOR_GPU = 209,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
};

typedef uint64_t Address;

struct Device {
    int ordinal = 0;
    std::mutex lock;
    // Blocks that are in use, by their start.
    std::map<Address, size_t> blocks;
    // What the pool keeps of blocks that were given back: how many of each size. It gives them out again for the same
    // size only, so that a program meets a pool that is full of what nobody asks for.
    std::map<size_t, size_t> kept;
    // Bytes that are in use or kept.
    size_t reserved = 0;
};

// A stream belongs to a device, and so does the code of a kernel.
struct Stream {
    Device* device;
};

// The device whose context is current on this thread; none at first.
extern thread_local Device* current;

// CUSIM_DEVICES of them (2), each with CUSIM_MEMORY bytes (1 GiB).
int device_count();
Device* device_at(int ordinal);
size_t memory_of_a_device();

// A number from the environment.
size_t setting(const char* name, size_t otherwise);

// Whether so many bytes are one piece of a block that the device has in use.
bool holds(Device& device, Address start, size_t bytes);
