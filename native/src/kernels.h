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

// A kernel of more than m taps is a sum of pieces, each applied to a later tile: a convolution over tiles. Two or three
// pieces are nested, computed by Toom-Cook again: three tiles of two pieces by products at four points, four tiles of
// three at six. What is not nested joins its pieces in the depth of a product. See
// docs/decisions/0030-nested-toom-cook.md and 0033-six-points.md.
constexpr bool is_nested(int m, int pieces) { return m > 1 && (pieces == 2 || pieces == 3); }
constexpr int group_of(int m, int pieces) { return is_nested(m, pieces) ? pieces + 1 : 1; }
constexpr int nest_points_of(int group) { return group > 1 ? 2 * group - 2 : 1; }
constexpr int all_points_of(int m, int pieces) { return points_of(m) * nest_points_of(group_of(m, pieces)); }
constexpr int depth_of(int m, int pieces, int channels) { return is_nested(m, pieces) ? channels : pieces * channels; }

// Int32 sums are moved to floats after so many inputs, so that they can't overflow whatever the inputs are.
constexpr int kDepth = 128;
constexpr int kInt16Max = 32767;
constexpr int kMaxWeightSum = 65535;
constexpr int kPointGap = 32;

constexpr int divide_up(int number, int by) { return (number + by - 1) / by; }

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
  int taps;
  int dilation;
  int padding;  // rows of zeros before the first
  int panels;
  const void* weights;          // [panel][point][depth][kPanel], pairs of channels side by side where 16 bit
  const float* weight_scale;    // [panel][point][kPanel]; int16 only
  const float* bias;            // [panels * kPanel]
  float input_scale;            // int16: what one step of the quantised input is worth
  int most_units;               // in a block
  float* statistics;            // [block][4][panels * kPanel]: sum, sum of squares, least, greatest; may be null

  int pieces() const { return (taps + m - 1) / m; }
  int group() const { return group_of(m, pieces()); }
  int points() const { return all_points_of(m, pieces()); }
  // A unit is what is computed together: the rows of `group` tiles.
  int rows_of_unit() const { return m * group(); }
  // The rows of one phase of the dilation, shared out evenly among its blocks.
  int rows_of_phase(int phase) const { return (output_rows - phase + dilation - 1) / dilation; }
  int units_of_phase(int phase) const { return divide_up(rows_of_phase(phase), rows_of_unit()); }
  int blocks_of_phase(int phase) const { return divide_up(units_of_phase(phase), most_units); }
  int units_of_block(int phase) const { return divide_up(units_of_phase(phase), blocks_of_phase(phase)); }
  int blocks() const {
    int count = 0;
    for (int phase = 0; phase < dilation && phase < output_rows; ++phase) count += blocks_of_phase(phase);
    return count;
  }
};

// How many values `run_block` keeps in its scratch memory, in this order: floats, floats, elements of the arithmetic.
struct ScratchSizes {
  size_t activated, sums, values;
};
ScratchSizes scratch_sizes(const Convolution& job);

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
