// CUDA C on the CPU: what a kernel finds without any include. Included before the text of each kernel.
#pragma once
#define CUSIM 1
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "fibers.h"
#include "block.h"
#include "language.h"
#include "warp.h"
#include "atomics.h"
#include "halves.h"
#include "numbers.h"
#include "launch.h"
