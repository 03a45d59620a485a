// One-line inline wrappers around what the compiler has no Swift spelling for.
#pragma once

#if defined(__x86_64__)
// Levels of the x86-64 psABI, as this CPU and its operating system support them.
static inline int cpu_supports_x86_64_v3(void) { return __builtin_cpu_supports("x86-64-v3"); }
static inline int cpu_supports_x86_64_v4(void) { return __builtin_cpu_supports("x86-64-v4"); }
#endif
