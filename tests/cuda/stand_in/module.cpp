// The stand-in of the driver: kernels, which are shared objects of this machine, and their launches.
#include "device.h"
#include "kernel/limits.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using cusim::Launch;

constexpr unsigned SHARED_FOR_ALL = 48 << 10, MOST_SHARED = 227 << 10;
constexpr unsigned X86_64 = 62;

struct Module {
    Device* device;
    void* library;
};

struct Function {
    Device* device;
    Launch* launch;
    unsigned most_shared = SHARED_FOR_ALL;
};

// The stacks of a block's threads, for each thread of the host that launches.
struct Stacks {
    static constexpr size_t BYTES = cusim::MOST_THREADS * cusim::STACK_BYTES;
    char* start;
    Stacks() {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        void* place = mmap(nullptr, BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (place == MAP_FAILED) {
            perror("cusim: no address space for stacks");
            abort();
        }
        start = static_cast<char*>(place);
    }
    ~Stacks() { munmap(start, BYTES); }
};

// The length of an ELF file: its table of sections stands at the end.
static size_t length(const unsigned char* image) {
    uint64_t sections;
    uint16_t each, count;
    memcpy(&sections, image + 40, 8);
    memcpy(&each, image + 58, 2);
    memcpy(&count, image + 60, 2);
    return sections + size_t(each) * count;
}

static int order() {
    static int order = int(setting("CUSIM_ORDER", 0));
    return order;
}

extern "C" {

int cuModuleLoadData(void** module, const void* image) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    auto* bytes = static_cast<const unsigned char*>(image);
    if (memcmp(bytes, "\177ELF", 4) != 0) {
        return INVALID_IMAGE;
    }
    if (bytes[18] + 256 * bytes[19] != X86_64) {
        return NO_BINARY_FOR_GPU;
    }
    size_t len = length(bytes);
    // A file of a name of its own: under one that it knows, the loader gives what it had there before.
    char path[] = "/tmp/cusim.XXXXXX";
    int file = mkstemp(path);
    bool written = write(file, image, len) == ssize_t(len);
    close(file);
    // Never closed again: threads of the host have variables of it until they end.
    void* library = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
    unlink(path);
    if (!library) {
        fprintf(stderr, "cusim: %s\n", written ? dlerror() : "a kernel was not written");
        return INVALID_IMAGE;
    }
    *module = new Module{current, library};
    return SUCCESS;
}

int cuModuleUnload(void* module) {
    delete static_cast<Module*>(module);
    return SUCCESS;
}

int cuModuleGetFunction(void** function, void* module, const char* name) {
    auto& from = *static_cast<Module*>(module);
    void* symbol = dlsym(from.library, (std::string("cusim_launch_") + name).c_str());
    if (!symbol) {
        return NOT_FOUND;
    }
    *function = new Function{from.device, reinterpret_cast<Launch*>(symbol)};
    return SUCCESS;
}

int cuFuncSetAttribute(void* function, int attribute, int value) {
    constexpr int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;
    if (attribute != MAX_DYNAMIC_SHARED_SIZE_BYTES || value < 0 || unsigned(value) > MOST_SHARED) {
        return INVALID_VALUE;
    }
    static_cast<Function*>(function)->most_shared = unsigned(value);
    return SUCCESS;
}

int cuLaunchKernel(
    void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned x, unsigned y, unsigned z,
    unsigned shared, void* stream, void** arguments, void**
) {
    if (!current) {
        return INVALID_CONTEXT;
    }
    auto& kernel = *static_cast<Function*>(function);
    if (kernel.device != current || (stream && static_cast<Stream*>(stream)->device != current)) {
        return INVALID_HANDLE;
    }
    bool empty = !grid_x || !grid_y || !grid_z || !x || !y || !z;
    bool large = grid_x > 0x7fffffff || grid_y > 65535 || grid_z > 65535 || x > 1024 || y > 1024 || z > 64 ||
                 uint64_t(x) * y * z > cusim::MOST_THREADS;
    if (empty || large || shared > kernel.most_shared) {
        return INVALID_VALUE;
    }
    static thread_local Stacks stacks;
    unsigned grid[3] = {grid_x, grid_y, grid_z}, size[3] = {x, y, z};
    kernel.launch(grid, size, shared, arguments, order(), stacks.start);
    return SUCCESS;
}

}  // extern "C"
