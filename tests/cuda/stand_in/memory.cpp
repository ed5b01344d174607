// The stand-in of the driver: memory, which is the process's own, and copies, which are held against it.
//
// A copy to or from what is no block of the current device is refused, as is a block that was given back. Blocks are
// exactly as long as was asked for, so that the address sanitizer sees a kernel that goes further.
#include "device.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

bool holds(Device& device, Address start, size_t bytes) {
    auto after = device.blocks.upper_bound(start);
    if (after == device.blocks.begin()) {
        return false;
    }
    auto [first, len] = *std::prev(after);
    size_t inside = size_t(start - first);
    return inside <= len && bytes <= len - inside;
}

static int allocate(Address* address, size_t bytes) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    if (bytes == 0) {
        return INVALID_VALUE;
    }
    std::lock_guard<std::mutex> guard(current->lock);
    auto kept = current->kept.find(bytes);
    bool reused = kept != current->kept.end();
    if (!reused && (bytes > memory_of_a_device() || current->reserved > memory_of_a_device() - bytes)) {
        return OUT_OF_MEMORY;
    }
    void* block = nullptr;
    if (posix_memalign(&block, 256, bytes) != 0) {
        return OUT_OF_MEMORY;
    }
    if (reused && --kept->second == 0) {
        current->kept.erase(kept);
    } else if (!reused) {
        current->reserved += bytes;
    }
    // Neither zeros nor anything else that a program may hope for. Of a large block not all: pages cost time.
    memset(block, 0xA5, std::min(bytes, size_t(1) << 20));
    *address = reinterpret_cast<Address>(block);
    current->blocks[*address] = bytes;
    return SUCCESS;
}

static int release(Address address, bool keep) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    std::lock_guard<std::mutex> guard(current->lock);
    auto block = current->blocks.find(address);
    if (block == current->blocks.end()) {
        return INVALID_VALUE;
    }
    size_t bytes = block->second;
    current->blocks.erase(block);
    free(reinterpret_cast<void*>(address));
    if (keep) {
        current->kept[bytes]++;
    } else {
        current->reserved -= bytes;
    }
    return SUCCESS;
}

// What is wrong with work on memory of the current device, if anything.
static int refused(Address start, size_t bytes, void* stream) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    if (stream && static_cast<Stream*>(stream)->device != current) {
        return INVALID_HANDLE;
    }
    std::lock_guard<std::mutex> guard(current->lock);
    return holds(*current, start, bytes) ? SUCCESS : INVALID_VALUE;
}

static void* pointer(Address address) {
    return reinterpret_cast<void*>(address);
}

extern "C" {

int cuMemGetInfo_v2(size_t* free, size_t* total) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    std::lock_guard<std::mutex> guard(current->lock);
    *total = memory_of_a_device();
    *free = *total - current->reserved;
    return SUCCESS;
}

int cuDeviceTotalMem_v2(size_t* bytes, int device) {
    *bytes = memory_of_a_device();
    return device_at(device) ? SUCCESS : INVALID_DEVICE;
}

int cuMemAlloc_v2(Address* address, size_t bytes) {
    return allocate(address, bytes);
}

int cuMemAllocAsync(Address* address, size_t bytes, void* stream) {
    if (stream && static_cast<Stream*>(stream)->device != current) {
        return INVALID_HANDLE;
    }
    return allocate(address, bytes);
}

int cuMemFree_v2(Address address) {
    return release(address, false);
}

int cuMemFreeAsync(Address address, void*) {
    return release(address, true);
}

int cuDeviceGetDefaultMemPool(void** pool, int device) {
    *pool = device_at(device);
    return *pool ? SUCCESS : INVALID_DEVICE;
}

int cuMemPoolSetAttribute(void* pool, int, void*) {
    return pool ? SUCCESS : INVALID_VALUE;
}

int cuMemPoolTrimTo(void* pool, size_t) {
    Device& device = *static_cast<Device*>(pool);
    std::lock_guard<std::mutex> guard(device.lock);
    for (auto [bytes, count] : device.kept) {
        device.reserved -= bytes * count;
    }
    device.kept.clear();
    return SUCCESS;
}

int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
    if (int error = refused(to, bytes, stream)) {
        return error;
    }
    memcpy(pointer(to), from, bytes);
    return SUCCESS;
}

int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
    if (int error = refused(from, bytes, stream)) {
        return error;
    }
    memcpy(to, pointer(from), bytes);
    return SUCCESS;
}

int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream) {
    int error = refused(to, bytes, stream);
    if (!error) {
        error = refused(from, bytes, stream);
    }
    if (error) {
        return error;
    }
    // The device says nothing of places that overlap, so nobody may count on what happens.
    bool overlap = to < from + bytes && from < to + bytes;
    if (overlap && to != from) {
        return INVALID_VALUE;
    }
    memmove(pointer(to), pointer(from), bytes);
    return SUCCESS;
}

int cuMemsetD8Async(Address to, unsigned char value, size_t count, void* stream) {
    if (int error = refused(to, count, stream)) {
        return error;
    }
    memset(pointer(to), value, count);
    return SUCCESS;
}

int cuMemsetD32Async(Address to, unsigned value, size_t count, void* stream) {
    if (to % 4 != 0) {
        return INVALID_VALUE;
    }
    if (int error = refused(to, 4 * count, stream)) {
        return error;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(pointer(to + 4 * i), &value, 4);
    }
    return SUCCESS;
}

}  // extern "C"
