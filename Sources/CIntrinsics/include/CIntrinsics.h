// One-line inline wrappers around what the compiler has no Swift spelling for.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>

// Sums of the products of bytes with 16-bit integers, two of them a lane.
typedef int avx2_ints __attribute__((ext_vector_type(8)));
static inline avx2_ints avx2_add_code_products(avx2_ints sum, const void *bytes, const void *words) { return (avx2_ints)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes)), _mm256_loadu_si256((const __m256i *)words))); }

// Words as floats.
typedef float avx2_floats __attribute__((ext_vector_type(8)));
static inline avx2_floats avx2_floats_of_words(const void *words) { return (avx2_floats)_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)words))); }

// The larger or the smaller of two floats: a where one is no number, or that one.
static inline avx2_floats avx2_maximum(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_max_ps((__m256)b, (__m256)a); }
static inline avx2_floats avx2_minimum(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_min_ps((__m256)b, (__m256)a); }
static inline avx2_floats avx2_maximum_or_nan(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_blendv_ps(_mm256_max_ps((__m256)b, (__m256)a), (__m256)b, _mm256_cmp_ps((__m256)b, (__m256)b, _CMP_UNORD_Q)); }

// Registers out of parts of four floats, and what `unpack` makes of floats and of pairs of floats.
typedef float avx2_quad __attribute__((ext_vector_type(4)));
static inline avx2_floats avx2_join(avx2_quad a, avx2_quad b) { return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7); }
static inline avx2_floats avx2_interleave_low(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_unpacklo_ps((__m256)a, (__m256)b); }
static inline avx2_floats avx2_interleave_high(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_unpackhi_ps((__m256)a, (__m256)b); }
static inline avx2_floats avx2_interleave_low_pairs(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_unpacklo_pd((__m256d)a, (__m256d)b); }
static inline avx2_floats avx2_interleave_high_pairs(avx2_floats a, avx2_floats b) { return (avx2_floats)_mm256_unpackhi_pd((__m256d)a, (__m256d)b); }
#endif

#if defined(__AVX512BW__)
typedef int avx512_ints __attribute__((ext_vector_type(16)));
static inline avx512_ints avx512_add_code_products(avx512_ints sum, const void *bytes, const void *words) { return (avx512_ints)_mm512_add_epi32((__m512i)sum, _mm512_madd_epi16(_mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)bytes)), _mm512_loadu_si512(words))); }

typedef float avx512_floats __attribute__((ext_vector_type(16)));
static inline avx512_floats avx512_floats_of_words(const void *words) { return (avx512_floats)_mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)words))); }

static inline avx512_floats avx512_maximum(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_max_ps((__m512)b, (__m512)a); }
static inline avx512_floats avx512_minimum(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_min_ps((__m512)b, (__m512)a); }
static inline avx512_floats avx512_maximum_or_nan(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_mask_mov_ps(_mm512_max_ps((__m512)b, (__m512)a), _mm512_cmp_ps_mask((__m512)b, (__m512)b, _CMP_UNORD_Q), (__m512)b); }
static inline float avx512_largest(avx512_floats values) { return _mm512_reduce_max_ps((__m512)values); }
static inline float avx512_sum(avx512_floats values) { return _mm512_reduce_add_ps((__m512)values); }

static inline avx512_floats avx512_join(avx2_quad a, avx2_quad b, avx2_quad c, avx2_quad d) { return __builtin_shufflevector(avx2_join(a, b), avx2_join(c, d), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
static inline avx512_floats avx512_interleave_low(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_unpacklo_ps((__m512)a, (__m512)b); }
static inline avx512_floats avx512_interleave_high(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_unpackhi_ps((__m512)a, (__m512)b); }
static inline avx512_floats avx512_interleave_low_pairs(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_unpacklo_pd((__m512d)a, (__m512d)b); }
static inline avx512_floats avx512_interleave_high_pairs(avx512_floats a, avx512_floats b) { return (avx512_floats)_mm512_unpackhi_pd((__m512d)a, (__m512d)b); }
#endif

#if defined(__AVX512BF16__)

// Sixteen lanes of a pair of bfloat16.
typedef unsigned avx512_bf16_pairs __attribute__((ext_vector_type(16)));
static inline avx512_floats avx512_add_bf16_products(avx512_floats sum, avx512_bf16_pairs a, avx512_bf16_pairs b) { return (avx512_floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b); }
static inline avx512_bf16_pairs avx512_round_to_bf16_pairs(avx512_floats first, avx512_floats second) { return (avx512_bf16_pairs)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first); }
typedef unsigned short avx512_words __attribute__((ext_vector_type(32)));
static inline avx512_bf16_pairs avx512_round_to_bf16_pairs_of_lanes(avx512_floats first, avx512_floats second) { avx512_words words = (avx512_words)avx512_round_to_bf16_pairs(first, second); return (avx512_bf16_pairs)__builtin_shufflevector(words, words, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31); }
#endif

#if defined(__AVX512VNNI__)

// Sums of the products of unsigned with signed bytes, four of them a lane.
typedef unsigned avx512_bytes __attribute__((ext_vector_type(16)));
static inline avx512_ints avx512_add_byte_products(avx512_ints sum, avx512_bytes unsigned_bytes, avx512_bytes signed_bytes) { return (avx512_ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)unsigned_bytes, (__m512i)signed_bytes); }
static inline avx512_floats avx512_floats_of_ints(avx512_ints values) { return (avx512_floats)_mm512_cvtepi32_ps((__m512i)values); }
static inline void avx512_store_bytes(void *target, avx512_floats values) { _mm_storeu_si128((__m128i *)target, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32((__m512)values))); }
#endif

#if defined(__AVXVNNI__)

// The same of 256 bits.
typedef unsigned avx2_bytes __attribute__((ext_vector_type(8)));
static inline avx2_ints avx2_add_byte_products(avx2_ints sum, avx2_bytes unsigned_bytes, avx2_bytes signed_bytes) { return (avx2_ints)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)unsigned_bytes, (__m256i)signed_bytes); }
static inline avx2_floats avx2_floats_of_ints(avx2_ints values) { return (avx2_floats)_mm256_cvtepi32_ps((__m256i)values); }
static inline void avx2_store_bytes(void *target, avx2_floats values) { __m256i w = _mm256_packus_epi16(_mm256_packus_epi32(_mm256_and_si256(_mm256_cvtps_epi32((__m256)values), _mm256_set1_epi32(255)), _mm256_setzero_si256()), _mm256_setzero_si256()); *(int *)target = _mm256_extract_epi32(w, 0); ((int *)target)[1] = _mm256_extract_epi32(w, 4); }
#endif

#if defined(__x86_64__)
// Levels of the x86-64 psABI, as this CPU and its operating system support them.
static inline int cpu_supports_x86_64_v3(void) { return __builtin_cpu_supports("x86-64-v3"); }
static inline int cpu_supports_x86_64_v4(void) { return __builtin_cpu_supports("x86-64-v4"); }
static inline int cpu_supports_avx_vnni(void) { return __builtin_cpu_supports("avxvnni"); }
static inline int cpu_supports_avx512_vnni(void) { return __builtin_cpu_supports("avx512vnni"); }
static inline int cpu_supports_avx512_bf16(void) { return __builtin_cpu_supports("avx512bf16"); }
static inline int cpu_is_from_amd(void) { return __builtin_cpu_is("amd"); }
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
