// The stand-in of the compiler: g++. What it calls a cubin is a shared object of this machine.
//
// Results are kept in CUSIM_CACHE (beside this library) by a hash of all that they depend on, as is cusim.h, compiled
// for each set of flags. CUSIM_CXXFLAGS are flags beside ours, as -fsanitize=address.
#include "translation.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using std::string;

enum Result { SUCCESS = 0, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6, BUILTIN_OPERATION_FAILURE = 7 };

struct Program {
    string source, log, image;
};

static string read(const string& path) {
    std::ifstream file(path, std::ios::binary);
    return string(std::istreambuf_iterator<char>(file), {});
}

static string hash(const string& text) {
    uint64_t a = 14695981039346656037u, b = 88172645463325252u;
    for (unsigned char letter : text) {
        a = (a ^ letter) * 1099511628211u;
        b = (b ^ letter) * 6364136223846793005u + 1442695040888963407u;
    }
    char words[33];
    snprintf(words, sizeof words, "%016lx%016lx", a, b);
    return words;
}

static string variable(const char* name) {
    const char* value = getenv(name);
    return value ? value : "";
}

static const string headers = CUSIM_HOME "/kernel";

// All of what is included.
static const string& header_text() {
    static const string text = [] {
        std::set<string> names;
        if (DIR* folder = opendir(headers.c_str())) {
            while (dirent* entry = readdir(folder)) {
                if (entry->d_name[0] != '.') {
                    names.insert(entry->d_name);
                }
            }
            closedir(folder);
        }
        string all;
        for (const string& name : names) {
            all += read(headers + "/" + name);
        }
        return all;
    }();
    return text;
}

static const string& cache() {
    static const string folder = [] {
        string path = variable("CUSIM_CACHE");
        if (path.empty()) {
            Dl_info self;
            dladdr(reinterpret_cast<void*>(&variable), &self);
            path = self.dli_fname;
            path = path.substr(0, path.rfind('/') + 1) + "kernels";
        }
        mkdir(path.c_str(), 0777);
        return path;
    }();
    return folder;
}

// A preloaded sanitizer and our own libraries are none of g++'s business. What blocks share in a template is of each
// kernel: without the flag the process would have it once.
static string compiler() {
    return "env -u LD_PRELOAD -u LD_LIBRARY_PATH g++ -O1 -std=c++17 -fPIC -w -fno-strict-aliasing -fno-gnu-unique " +
           variable("CUSIM_CXXFLAGS");
}

static bool run(const string& command) {
    return system(command.c_str()) == 0;
}

// The folder with cusim.h, compiled.
static const string& precompiled() {
    static std::mutex lock;
    static string folder;
    std::lock_guard<std::mutex> guard(lock);
    if (folder.empty()) {
        string path = cache() + "/" + hash(compiler() + header_text());
        string header = path + "/cusim.h.gch", aside = header + "." + std::to_string(getpid());
        mkdir(path.c_str(), 0777);
        if (access(header.c_str(), R_OK) != 0) {
            run(compiler() + " -x c++-header " + headers + "/cusim.h -o " + aside);
            rename(aside.c_str(), header.c_str());
        }
        folder = path;
    }
    return folder;
}

// A folder that goes with what is in it.
struct Scratch {
    string path;
    Scratch() {
        string pattern = cache() + "/compiling.XXXXXX";
        path = mkdtemp(pattern.data()) ? pattern : "";
    }
    ~Scratch() {
        for (const char* name : {"/kernel.cpp", "/kernel.so", "/log"}) {
            unlink((path + name).c_str());
        }
        rmdir(path.c_str());
    }
};

static bool is_known(const char* option) {
    for (const char* known : {"--gpu-architecture=", "--std=", "-default-device", "--fmad=", "--use_fast_math",
                              "-D", "-I", "--define-macro=", "--include-path=", "--extra-device-vectorization"}) {
        if (strncmp(option, known, strlen(known)) == 0) {
            return true;
        }
    }
    return false;
}

// Leaves a text that compiled for another compiler, where one is to see it. What is no kernel even here (tests of the
// message ask for such) is for nobody.
static void leave(const string& source) {
    string folder = variable("CUSIM_SOURCES");
    if (!folder.empty()) {
        std::ofstream(folder + "/" + hash(source) + ".cu") << source;
    }
}

extern "C" {

int nvrtcVersion(int* major, int* minor) {
    *major = 13;
    *minor = 0;
    return SUCCESS;
}

int nvrtcGetNumSupportedArchs(int* count) {
    *count = 3;
    return SUCCESS;
}

int nvrtcGetSupportedArchs(int* architectures) {
    architectures[0] = 80;
    architectures[1] = 90;
    architectures[2] = 100;
    return SUCCESS;
}

const char* nvrtcGetErrorString(int error) {
    switch (error) {
        case SUCCESS: return "NVRTC_SUCCESS";
        case INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
        case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
        case COMPILATION: return "NVRTC_ERROR_COMPILATION";
        case BUILTIN_OPERATION_FAILURE: return "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE";
        default: return "NVRTC_ERROR unknown";
    }
}

int nvrtcCreateProgram(
    Program** program, const char* source, const char*, int headers, const char* const*, const char* const*
) {
    if (headers != 0) {
        return INVALID_INPUT;
    }
    *program = new Program{source, "", ""};
    return SUCCESS;
}

int nvrtcDestroyProgram(Program** program) {
    delete *program;
    *program = nullptr;
    return SUCCESS;
}

int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
    string flags;
    for (int i = 0; i < count; i++) {
        if (!is_known(options[i])) {
            program->log = string("nvrtc: error: unrecognized option ") + options[i];
            return INVALID_OPTION;
        }
        if (strncmp(options[i], "-D", 2) == 0 || strncmp(options[i], "-I", 2) == 0) {
            flags += string(" '") + options[i] + "'";
        }
    }
    string text = translated(program->source);
    string kept = cache() + "/" + hash(compiler() + flags + header_text() + text) + ".so";
    program->image = read(kept);
    if (!program->image.empty()) {
        leave(program->source);
        return SUCCESS;
    }
    Scratch scratch;
    std::ofstream(scratch.path + "/kernel.cpp") << text;
    string command = compiler() + flags + " -I" + precompiled() + " -I" + headers + " -shared " + scratch.path +
                     "/kernel.cpp -o " + scratch.path + "/kernel.so 2>" + scratch.path + "/log";
    bool compiled = run(command);
    program->log = read(scratch.path + "/log");
    program->image = read(scratch.path + "/kernel.so");
    if (!compiled || program->image.empty()) {
        return COMPILATION;
    }
    rename((scratch.path + "/kernel.so").c_str(), kept.c_str());
    leave(program->source);
    return SUCCESS;
}

int nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
    *bytes = program->log.size() + 1;
    return SUCCESS;
}

int nvrtcGetProgramLog(Program* program, char* text) {
    memcpy(text, program->log.c_str(), program->log.size() + 1);
    return SUCCESS;
}

int nvrtcGetCUBINSize(Program* program, size_t* bytes) {
    *bytes = program->image.size();
    return SUCCESS;
}

int nvrtcGetCUBIN(Program* program, char* image) {
    memcpy(image, program->image.data(), program->image.size());
    return SUCCESS;
}

int nvrtcGetPTXSize(Program* program, size_t* bytes) {
    return nvrtcGetCUBINSize(program, bytes);
}

int nvrtcGetPTX(Program* program, char* image) {
    return nvrtcGetCUBIN(program, image);
}

}  // extern "C"
