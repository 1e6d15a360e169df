// Products a second that one thread of this machine reaches in a loop that does nothing else, in GMAC/s of CPU time.
#include <immintrin.h>

#include <cstdio>
#include <ctime>

namespace {

constexpr int kSums = 12;
constexpr long kTurns = 10000000;

double cpu_s() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

template <typename Vector, typename Step>
double measure(int products, Vector start, Step step) {
  // Every loop over the sums is unrolled, so that they stay in registers.
  Vector sums[kSums];
#pragma GCC unroll 12
  for (int at = 0; at < kSums; ++at) sums[at] = start;
  const double began = cpu_s();
  for (long turn = 0; turn < kTurns; ++turn) {
#pragma GCC unroll 12
    for (int at = 0; at < kSums; ++at) {
      sums[at] = step(sums[at]);
      asm volatile("" : "+x"(sums[at]));
    }
  }
  return kTurns * kSums * products / (cpu_s() - began) / 1e9;
}

}  // namespace

int main() {
  const __m256 x = _mm256_set1_ps(1e-9f), y = _mm256_set1_ps(1.0f);
  const double floats = measure(8, _mm256_setzero_ps(), [&](__m256 sum) { return _mm256_fmadd_ps(sum, y, x); });
  __m256i u = _mm256_set1_epi16(3), w = _mm256_set1_epi16(5);
  const double shorts = measure(16, _mm256_setzero_si256(), [&](__m256i sum) {
    asm volatile("" : "+x"(u));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(u, w));
  });
  std::printf("{\"fp32\": %.1f, \"int16\": %.1f}\n", floats, shorts);
}
