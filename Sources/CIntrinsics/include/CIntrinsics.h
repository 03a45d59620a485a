// One-line inline wrappers around what the compiler has no Swift spelling for.
#pragma once

#if defined(__x86_64__)
// Levels of the x86-64 psABI, as this CPU and its operating system support them.
static inline int cpu_supports_x86_64_v3(void) { return __builtin_cpu_supports("x86-64-v3"); }
static inline int cpu_supports_x86_64_v4(void) { return __builtin_cpu_supports("x86-64-v4"); }
#endif

#if defined(__x86_64__)
// Tells the CPU that this is a loop that waits.
static inline void spin_loop_hint(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static inline void spin_loop_hint(void) { __asm__ volatile("yield"); }
#else
static inline void spin_loop_hint(void) {}
#endif

// Brings the cache line of an address near; any address will do.
static inline void prefetch_for_read(const void *address) { __builtin_prefetch(address, 0, 3); }
