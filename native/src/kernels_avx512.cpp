#define VIVAVOCE_TARGET avx512
#define VIVAVOCE_BYTES 64
#define VIVAVOCE_VNNI
#define VIVAVOCE_BF16
#include "kernels_body.h"

namespace vivavoce {
const Kernels& avx512_kernels() {
  static const Kernels kernels = {"avx512", avx512::run_block, avx512::synthesise_frames};
  return kernels;
}
}  // namespace vivavoce
