// The short-time Fourier transform of the harmonic source.
#pragma once

#include "kernels.h"

namespace vivavoce {

// Windows `count` frames of kFrame samples, each `hop` after the one before, and gives kBins complex values of each:
// [frame][bin][real, imaginary]. Every value is what ONNX Runtime's STFT makes on x86-64, to the bit: where the source
// is nearly constant the phases are those of its rounding, and the voice sounds worse with any other.
void transform_frames(const float* signal, int count, int hop, const float* window, float* spectrum);

}  // namespace vivavoce
