#define VIVAVOCE_TARGET portable
#define VIVAVOCE_BYTES 16

#include "kernels_body.h"

namespace vivavoce {
const Kernels& portable_kernels() {
  static const Kernels kernels = {"portable", portable::run_block, portable::synthesise_frames};
  return kernels;
}
}  // namespace vivavoce
