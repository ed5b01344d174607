// One fiber for each thread of a block: a stack of its own, left and entered by a plain jump.
//
// Apart from the schedule because this is the only part that knows the processor (x86-64).
#pragma once
#include "limits.h"

namespace cusim {

// Saves the registers that a function must keep, puts the stack pointer into *save and goes on where `load` was saved.
extern "C" void cusim_switch(void** save, void* load);
asm(R"(
.text
.weak cusim_switch
.type cusim_switch,@function
cusim_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cusim_switch,.-cusim_switch
)");

constexpr int SAVED_REGISTERS = 6;

enum class State { Ready, AtBarrier, AtWarpBarrier, Done };

struct Fiber {
    void* stack_pointer = nullptr;
    State state = State::Done;
};

// Makes the fiber begin at `entry`, which never returns, on a stack of STACK_BYTES.
inline void prepare(Fiber& fiber, char* stack, void (*entry)()) {
    uintptr_t top = reinterpret_cast<uintptr_t>(stack + STACK_BYTES) & ~uintptr_t(15);
    void** place = reinterpret_cast<void**>(top);
    // A return address that is never used: where a function begins, the stack is 8 bytes off a multiple of 16.
    *--place = nullptr;
    *--place = reinterpret_cast<void*>(entry);
    for (int i = 0; i < SAVED_REGISTERS; i++) {
        *--place = nullptr;
    }
    fiber.stack_pointer = place;
    fiber.state = State::Ready;
}

}  // namespace cusim
