#define VIVAVOCE_TARGET avx2
#define VIVAVOCE_BYTES 32

#include "kernels_body.h"

namespace vivavoce {
const Kernels& avx2_kernels() {
  static const Kernels kernels = {"avx2", avx2::run_block, avx2::synthesise_frames};
  return kernels;
}
}  // namespace vivavoce
