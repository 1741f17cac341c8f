// The most single-precision operations a core does a second: independent fused multiply-adds on registers, in the widest
// vectors that the processor has. Prints GFLOP/s and the name of the vectors.
#include <stdio.h>
#include <time.h>

// Enough chains to hide the latency of one: 4 cycles at 2 a cycle need 8, and 16 fit into the registers of all targets.
#define CHAINS 12
#define ROUNDS 4000000L

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

// The compiler contracts a * b + c to one operation where the target has it.
#define PEAK(NAME, BYTES, TARGET)                                                  \
  TARGET static double NAME(volatile float *seed) {                                \
    typedef float vector __attribute__((vector_size(BYTES)));                      \
    vector chain[CHAINS], factor, term;                                            \
    for (unsigned i = 0; i < BYTES / 4; i++) factor[i] = 0.999f, term[i] = *seed;  \
    for (int c = 0; c < CHAINS; c++) chain[c] = term * (float)c;                   \
    double start = now();                                                          \
    for (long r = 0; r < ROUNDS; r++)                                              \
      _Pragma("GCC unroll 12") for (int c = 0; c < CHAINS; c++)                    \
        chain[c] = chain[c] * factor + term;                                       \
    double seconds = now() - start;                                                \
    for (int c = 0; c < CHAINS; c++) *seed += chain[c][0];                         \
    return 2.0 * CHAINS * (BYTES / 4) * ROUNDS / seconds * 1e-9;                   \
  }

#if defined(__x86_64__)
PEAK(avx512, 64, __attribute__((target("avx512f"))))
PEAK(avx2, 32, __attribute__((target("avx2,fma"))))
#endif
PEAK(base, 16, )

int main(void) {
  volatile float seed = 1.5f;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return printf("%.1f AVX-512\n", avx512(&seed)) < 0;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return printf("%.1f AVX2\n", avx2(&seed)) < 0;
#endif
  return printf("%.1f 128-bit\n", base(&seed)) < 0;
}
