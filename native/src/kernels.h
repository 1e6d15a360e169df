// What one convolution is, and the table of functions that each kind of processor has its own build of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vivavoce {

// Channels lie side by side and are padded with zeros to a multiple of this; a panel of weights is as wide.
constexpr int kPanel = 16;

// How the products of a convolution are computed.
enum class Arithmetic : int { kFloat = 0, kInt16 = 1, kBfloat16 = 2 };

// What happens to a value before it is convolved; each is monotonic, so the range of its results follows from the
// range of its inputs.
enum class Activation : int { kLinear = 0, kLeakyRelu = 1, kSnake = 2 };

// The Toom-Cook algorithm with `m` outputs a tile and pieces of `m` taps: 2m - 1 products for m * m multiplications.
// m = 1 is the plain convolution. Int16 sums are exact; see docs/decisions/0018-kernels.md for the arithmetic.
constexpr int points_of(int m) { return 2 * m - 1; }
constexpr int kMaxPoints = 7;

// Int32 sums are moved to floats after so many inputs, so that they can't overflow whatever the inputs are.
constexpr int kDepth = 128;
constexpr int kInt16Max = 32767;
constexpr int kMaxWeightSum = 65535;

// One convolution over a whole utterance. Samples are time-major: a row per time, `stride` floats a row.
struct Convolution {
  const float* input;
  int input_rows;
  int input_stride;  // also the number of padded input channels
  float* output;
  int output_rows;
  int output_stride;
  const float* residual;  // added to the result; may be null, may be `output`
  const float* base;      // likewise

  Activation activation;
  const float* scale;    // value * scale + shift comes first
  const float* shift;
  const float* alpha;    // Snake's alpha / pi
  const float* inverse;  // Snake's 1 / alpha
  float slope;           // of the leaky ReLU

  Arithmetic arithmetic;
  int m;
  int pieces;
  int dilation;
  int padding;  // rows of zeros before the first
  int panels;
  const void* weights;          // [panel][point][piece * channel][kPanel], pairs of channels side by side where 16 bit
  const float* weight_scale;    // [panel][point][kPanel]; int16 only
  const float* bias;            // [panels * kPanel]
  float input_scale;            // int16: what one step of the quantised input is worth
  int tiles;                    // in a block
  float* statistics;            // [block][4][panels * kPanel]: sum, sum of squares, least, greatest; may be null

  int points() const { return points_of(m); }
  int rows_of_phase(int phase) const { return (output_rows - phase + dilation - 1) / dilation; }
  int blocks_of_phase(int phase) const {
    const int a_block = tiles * m;
    return (rows_of_phase(phase) + a_block - 1) / a_block;
  }
  int blocks() const {
    int count = 0;
    for (int phase = 0; phase < dilation && phase < output_rows; ++phase) count += blocks_of_phase(phase);
    return count;
  }
};

// Bytes of scratch memory that `run_block` needs.
size_t scratch_bytes(const Convolution& job);

struct Kernels {
  const char* name;
  // Computes one block of outputs; blocks are independent of one another.
  void (*run_block)(const Convolution& job, int block, void* scratch);
  // Turns rows of 2 panels (log magnitudes, phases) into 20 samples each, window and inverse DFT applied.
  void (*synthesise_frames)(const float* rows, int count, const float* basis, float* frames);
};

const Kernels& portable_kernels();
#if defined(__x86_64__)
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();
#endif

constexpr int kFrame = 20;
constexpr int kFramePadded = 32;
constexpr int kBins = 11;

}  // namespace vivavoce
