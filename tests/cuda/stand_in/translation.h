// From CUDA C to C++: what a macro cannot do.
#pragma once
#include <string>

// The text of a kernel as C++ that includes cusim.h, with a door to each `extern "C" __global__` function.
std::string translated(const std::string& source);
