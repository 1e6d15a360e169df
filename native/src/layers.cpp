#include "layers.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <stdexcept>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace vivavoce {
namespace {

struct Toom4 {
#include "toom4.h"
};
struct Pieces2 {
#include "pieces2.h"
};
struct Pieces3 {
#include "pieces3.h"
};

constexpr double kPi = 3.14159265358979323846;
constexpr int kMeasuredRows = 256;
constexpr float kHeadroom = 32700.0f;  // of kInt16Max: vector and scalar functions differ in the last bits

uint16_t to_bfloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

float apply(const Preparation& preparation, float value, int c) {
  value = value * preparation.scale[c] + preparation.shift[c];
  if (preparation.kind == Activation::kLeakyRelu) return std::max(value, value * preparation.slope);
  if (preparation.kind == Activation::kSnake) {
    const float s = static_cast<float>(std::sin(kPi * static_cast<double>(value) * preparation.alpha[c]));
    return value + s * s * preparation.inverse[c];
  }
  return value;
}

int find_units(int channels, int m, int group) {
  if (m == 1) return channels > 256 ? 48 : 120;
  if (group == 1) return channels > 256 ? 24 : 60;
  if (group > 3) return channels > 128 ? 12 : 24;  // units of twice as many rows
  return channels > 128 ? 24 : 48;
}

// Blocks of [sum, sum of squares, least, greatest] to one value each, in the order of the blocks.
Statistics combine(const Buffer<float>& blocks, int count, int channels, int rows) {
  Statistics result{std::vector<float>(channels), std::vector<float>(channels), std::vector<float>(channels),
                    std::vector<float>(channels)};
  for (int c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    float low = INFINITY, high = -INFINITY;
    for (int block = 0; block < count; ++block) {
      const float* of = blocks.data() + size_t(block) * 4 * channels + c;
      sum += of[0];
      squares += of[channels];
      low = std::min(low, of[2 * channels]);
      high = std::max(high, of[3 * channels]);
    }
    const double mean = sum / rows;
    result.mean[c] = static_cast<float>(mean);
    result.variance[c] = static_cast<float>(std::max(0.0, squares / rows - mean * mean));
    result.low[c] = low;
    result.high[c] = high;
  }
  return result;
}

}  // namespace

Memory::Memory(size_t bytes) {
#if defined(__linux__)
  constexpr size_t kHuge = size_t(1) << 21;
  if (bytes >= kHuge) {
    const size_t wanted = (bytes + kHuge - 1) / kHuge * kHuge;
    void* data = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) throw std::bad_alloc();
    madvise(data, wanted, MADV_HUGEPAGE);
    data_ = data;
    mapped_ = wanted;
    return;
  }
#endif
  const size_t wanted = (bytes + 127) / 64 * 64;
  data_ = std::aligned_alloc(64, wanted);
  if (!data_) throw std::bad_alloc();
  std::memset(data_, 0, wanted);
}

Memory::~Memory() {
#if defined(__linux__)
  if (mapped_) {
    munmap(data_, mapped_);
    return;
  }
#endif
  std::free(data_);
}

ScratchSizes scratch_sizes(const Convolution& job) {
  constexpr size_t kSlab = 64, kMostPadding = 4;
  const size_t units = job.most_units + kMostPadding + job.pieces();
  const size_t rows = units * job.rows_of_unit() + (nest_points_of(job.group()) + 2) * job.m;
  return {rows * kSlab, job.points() * units * kPanel,
          job.points() * (units * job.input_stride + kPointGap)};
}

void Preparation::find_peak(const Statistics& of) {
  peak = 0;
  for (size_t c = 0; c < of.low.size(); ++c)
    peak = std::max({peak, std::fabs(apply(*this, of.low[c], c)), std::fabs(apply(*this, of.high[c], c))});
}

Weights::Weights(int outputs, int inputs, int taps, Arithmetic arithmetic, int m)
    : outputs(outputs), inputs(inputs), taps(taps), panels(pad_channels(outputs) / kPanel), pieces((taps + m - 1) / m),
      m(m), arithmetic(arithmetic) {
  if (outputs < 1 || inputs < 1 || taps < 1 || (m != 1 && m != 4))
    throw std::invalid_argument("a convolution has no outputs, inputs or taps");
}

Weights::Weights(const Packed& packed, Arithmetic arithmetic, int m)
    : Weights(packed.outputs, packed.inputs, packed.taps, arithmetic, m) {
  const size_t lanes = size_t(panels) * kPanel;
  if (packed.weights.size() != lanes * points() * depth() * element() || packed.bias.size() != lanes ||
      packed.scale.size() != (arithmetic == Arithmetic::kInt16 ? lanes * points() : 0))
    throw std::invalid_argument("packed weights have another size than their shape says");
  for (const void* at : {static_cast<const void*>(packed.weights.data()), static_cast<const void*>(packed.scale.data()),
                         static_cast<const void*>(packed.bias.data())})
    if (reinterpret_cast<uintptr_t>(at) % 64) throw std::invalid_argument("packed weights want addresses of 64 bytes");
  this->packed = packed;
}

Weights::Weights(std::span<const float> values, std::span<const float> biases, int outputs, int inputs, int taps,
                 Arithmetic arithmetic, int m, float factor, Pool& pool)
    : Weights(outputs, inputs, taps, arithmetic, m) {
  if (values.size() != size_t(outputs) * inputs * taps || (!biases.empty() && biases.size() != size_t(outputs)))
    throw std::invalid_argument("weights have another size than their shape says");
  const size_t all = size_t(panels) * kPanel;
  bias_ = Buffer<float>(all);
  for (size_t o = 0; o < biases.size(); ++o) bias_[o] = biases[o] * factor;
  const int points = this->points(), depth = this->depth();
  weights_ = Buffer<char>(all * points * depth * element());
  if (arithmetic == Arithmetic::kInt16) scale_ = Buffer<float>(all * points);
  packed = {outputs, inputs, taps, {weights_.data(), weights_.size()}, {scale_.data(), scale_.size()}, {bias_.data(), bias_.size()}};

  pool.run(panels, [&](int panel, int) {
    // All lanes first, then the panel in the order of its memory: written lane by lane it would miss the cache each time.
    const size_t size = size_t(points) * depth;
    std::vector<float> lanes(size * kPanel), steps(size_t(points) * kPanel, 1.0f);
    for (int o = 0; o < kPanel && panel * kPanel + o < outputs; ++o) {
      transform(values.data() + size_t(panel * kPanel + o) * inputs * taps, factor, lanes.data() + size * o);
      for (int p = 0; p < points && arithmetic == Arithmetic::kInt16; ++p) {
        const float* of = lanes.data() + size * o + size_t(p) * depth;
        float most = 0;
        for (int start = 0; start < depth; start += kDepth) {
          float sum = 0, peak = 0;
          for (int k = start; k < std::min(depth, start + kDepth); ++k) {
            sum += std::fabs(of[k]);
            peak = std::max(peak, std::fabs(of[k]));
          }
          // Rounding adds at most a half to each of the values.
          most = std::max({most, sum / (kMaxWeightSum - kDepth / 2 - 8), peak / kInt16Max});
        }
        steps[size_t(p) * kPanel + o] = most;
        scale_[(size_t(panel) * points + p) * kPanel + o] = most;
      }
    }
    for (int p = 0; p < points; ++p) {
      const size_t at = (size_t(panel) * points + p) * depth * kPanel;
      float inverse[kPanel];
      for (int o = 0; o < kPanel; ++o) {
        const float step = steps[size_t(p) * kPanel + o];
        inverse[o] = step > 0 ? 1.0f / step : 0.0f;
      }
      const float* of = lanes.data() + size_t(p) * depth;
      if (arithmetic == Arithmetic::kFloat) {
        float* to = reinterpret_cast<float*>(weights_.data()) + at;
        for (int k = 0; k < depth; ++k)
          for (int o = 0; o < kPanel; ++o) *to++ = of[size * o + k];
        continue;
      }
      uint16_t* to = reinterpret_cast<uint16_t*>(weights_.data()) + at;
      for (int k = 0; k < depth; k += 2)
        for (int o = 0; o < kPanel; ++o)
          for (int half = 0; half < 2; ++half) {
            const float value = of[size * o + k + half];
            *to++ = arithmetic == Arithmetic::kBfloat16 ? to_bfloat(value)
                                                        : static_cast<uint16_t>(std::lrintf(value * inverse[o]));
          }
    }
  });
}

void Weights::transform(const float* from, float factor, float* to) const {
  const int channels = pad_channels(inputs), inner = points_of(m), nested = points() / inner;
  std::vector<float> pieces_of(size_t(inner) * pieces * channels);
  for (int p = 0; p < inner; ++p)
    for (int piece = 0; piece < pieces; ++piece) {
      float* of = pieces_of.data() + (size_t(p) * pieces + piece) * channels;
      const int first = piece * m, count = std::min(m, taps - first);
      for (int r = 0; r < count; ++r) {
        const float by = (m == 1 ? 1.0f : Toom4::kKernel[p][r]) * factor;
        for (int c = 0; c < inputs && by != 0; ++c) of[c] += by * from[c * taps + first + r];
      }
    }
  if (nested == 1) {
    std::copy(pieces_of.begin(), pieces_of.end(), to);
    return;
  }
  for (int p = 0; p < inner; ++p)
    for (int n = 0; n < nested; ++n)
      for (int piece = 0; piece < pieces; ++piece) {
        const float* of = pieces_of.data() + (size_t(p) * pieces + piece) * channels;
        const float by = pieces == 2 ? Pieces2::kKernel[n][piece] : Pieces3::kKernel[n][piece];
        for (int c = 0; c < inputs; ++c) to[(size_t(p) * nested + n) * channels + c] += by * of[c];
      }
}

void Engine::convolve(const Signal& input, const Preparation& preparation, const Weights& weights, int dilation,
                      int padding, const Target& target, Statistics* statistics) {
  Convolution job{};
  job.input = input.data;
  job.input_rows = input.rows;
  job.input_stride = input.stride;
  job.output = target.output;
  job.output_rows = target.rows;
  job.output_stride = target.stride;
  job.residual = target.residual;
  job.base = target.base;
  job.activation = preparation.kind;
  job.scale = preparation.scale.data();
  job.shift = preparation.shift.data();
  job.alpha = preparation.alpha.data();
  job.inverse = preparation.inverse.data();
  job.slope = preparation.slope;
  job.arithmetic = weights.arithmetic;
  job.m = weights.m;
  job.taps = weights.taps;
  job.dilation = dilation;
  job.padding = padding;
  job.panels = weights.panels;
  job.weights = weights.packed.weights.data();
  job.weight_scale = weights.packed.scale.data();
  job.bias = weights.packed.bias.data();
  job.input_scale = weights.arithmetic == Arithmetic::kInt16 ? preparation.peak / kHeadroom : 1.0f;
  // Smaller blocks keep both threads busy where rows are few, and the transformed inputs in the cache.
  job.most_units = find_units(input.stride, weights.m, job.group());
  const int blocks = job.blocks();
  const int width = weights.panels * kPanel;
  Buffer<float> parts;
  if (statistics) {
    parts = Buffer<float>(size_t(blocks) * 4 * width);
    job.statistics = parts.data();
  }
  const ScratchSizes sizes = scratch_sizes(job);
  const size_t bytes = sizeof(float) * (sizes.activated + sizes.sums) + weights.element() * sizes.values;
  for (auto& scratch : scratch_)
    if (scratch.size() < bytes) scratch = Buffer<char>(bytes);
  pool.run(blocks, [&](int block, int worker) { kernels.run_block(job, block, scratch_[worker].data()); });
  if (statistics) *statistics = combine(parts, blocks, width, target.rows);
}

Statistics Engine::measure(const Signal& signal) {
  const int blocks = (signal.rows + kMeasuredRows - 1) / kMeasuredRows, width = signal.stride;
  Buffer<float> parts(size_t(blocks) * 4 * width);
  pool.run(blocks, [&](int block, int) {
    float *sum = parts.data() + size_t(block) * 4 * width, *squares = sum + width, *low = squares + width,
          *high = low + width;
    std::fill(low, low + width, INFINITY);
    std::fill(high, high + width, -INFINITY);
    for (int row = block * kMeasuredRows; row < std::min(signal.rows, (block + 1) * kMeasuredRows); ++row) {
      const float* of = signal.row(row);
      for (int c = 0; c < width; ++c) {
        sum[c] += of[c];
        squares[c] += of[c] * of[c];
        low[c] = std::min(low[c], of[c]);
        high[c] = std::max(high[c], of[c]);
      }
    }
  });
  return combine(parts, blocks, width, signal.rows);
}

}  // namespace vivavoce
