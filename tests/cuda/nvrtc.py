"""Compiles kernels by NVIDIA's own compiler, without a GPU: `nvrtc.py LIBRARY_FOLDER FOLDER_OF_SOURCES [EVERY]`.

The sources are those that the stand-in was asked for (CUSIM_SOURCES), each of which is compiled for three generations
of devices with the options that the library uses; of many, one of EVERY. Prints what fails, and how many there were.
"""

import ctypes
import pathlib
import sys
import time

ARCHITECTURES = ["sm_80", "sm_90", "sm_100"]
OPTIONS = ["--std=c++17", "-default-device", "--fmad=false"]


def library(folder):
    """NVRTC, behind the library that it opens by name."""
    folder = pathlib.Path(folder)
    builtins = sorted(folder.glob("libnvrtc-builtins.so.*"))
    ctypes.CDLL(str(builtins[0]), mode=ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(sorted(folder.glob("libnvrtc.so.*"))[0]), mode=ctypes.RTLD_GLOBAL)


def compile_one(nvrtc, source, architecture):
    """Nothing where it compiles, else what the compiler says."""
    program = ctypes.c_void_p()
    assert nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, b"kernel.cu", 0, None, None) == 0
    options = [f"--gpu-architecture={architecture}", *OPTIONS]
    array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    result = nvrtc.nvrtcCompileProgram(program, len(options), array)
    log = None
    if result != 0:
        size = ctypes.c_size_t()
        nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
        text = ctypes.create_string_buffer(size.value)
        nvrtc.nvrtcGetProgramLog(program, text)
        log = text.value.decode()
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return log


def main():
    nvrtc = library(sys.argv[1])
    sources = sorted(pathlib.Path(sys.argv[2]).glob("*.cu"))[:: int(sys.argv[3]) if len(sys.argv) > 3 else 1]
    failed, begun = 0, time.time()
    for path in sources:
        for architecture in ARCHITECTURES:
            log = compile_one(nvrtc, path.read_bytes(), architecture)
            if log is not None:
                failed += 1
                print(f"{path} for {architecture}:\n{log}")
    seconds = time.time() - begun
    print(f"{len(sources)} kernels for {', '.join(ARCHITECTURES)}: {failed} failed, {seconds:.0f} s")
    sys.exit(failed > 0 or not sources)


main()
