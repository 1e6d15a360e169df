// The kernels themselves, written once in the compiler's vector types. Each target's file sets VIVAVOCE_TARGET and
// VIVAVOCE_BYTES (width of a vector) and includes this; nothing else may be defined outside the namespace, so that no
// function compiled for a newer processor is ever chosen by the linker for an older one.

#include <cmath>
#include <cstring>

#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace vivavoce {
namespace VIVAVOCE_TARGET {

constexpr int kBytes = VIVAVOCE_BYTES;
constexpr int kLanes = kBytes / 4;
constexpr int kVectors = kPanel / kLanes;  // vectors in a panel
#if VIVAVOCE_BYTES == 64
constexpr int kRows = 12;  // tiles that one pass of the inner loop holds in registers
#elif VIVAVOCE_BYTES == 32
constexpr int kRows = 6;
#elif defined(__aarch64__)
constexpr int kRows = 6;
#else
constexpr int kRows = 3;
#endif

typedef float Floats __attribute__((vector_size(kBytes), may_alias));
typedef int32_t Ints __attribute__((vector_size(kBytes), may_alias));
typedef uint32_t Words __attribute__((vector_size(kBytes), may_alias));
typedef int16_t Shorts __attribute__((vector_size(kBytes), may_alias));
typedef int16_t HalfShorts __attribute__((vector_size(kBytes / 2), may_alias));
typedef uint16_t HalfWords __attribute__((vector_size(kBytes / 2), may_alias));

static inline Floats splat(float value) { return value - Floats{}; }
static inline Ints splat_int(int32_t value) { return value - Ints{}; }
static inline Floats load(const float* from) { return *reinterpret_cast<const Floats*>(from); }
static inline void store(float* to, Floats value) { *reinterpret_cast<Floats*>(to) = value; }
static inline Floats least(Floats a, Floats b) { return a < b ? a : b; }
static inline Floats greatest(Floats a, Floats b) { return a > b ? a : b; }

// Rounds to the nearest whole number; right for |value| < 2^22.
static inline Floats round_floats(Floats value) {
  const Floats magic = splat(12582912.0f);
  return (value + magic) - magic;
}

// sin(pi * turns / 1) for any `turns`, error below 2e-7.
static inline Floats sin_pi(Floats turns) {
  const Floats whole = round_floats(turns);
  const Floats r = turns - whole;
  const Floats z = r * r;
  Floats p = splat(-0.0073704309f);
  p = p * z + splat(0.0821458866f);
  p = p * z + splat(-0.5992645293f);
  p = p * z + splat(2.5501640399f);
  p = p * z + splat(-5.1677127800f);
  p = p * z + splat(3.1415926536f);
  // An odd number of half turns changes the sign.
  const Words odd = (Words)(whole + splat(12582912.0f)) << 31;
  return (Floats)((Words)(p * r) ^ odd);
}

static inline Floats exp_floats(Floats value) {
  value = least(greatest(value, splat(-87.0f)), splat(88.0f));
  const Floats n = round_floats(value * splat(1.44269504f));
  const Floats r = (value - n * splat(0.693359375f)) - n * splat(-2.12194440e-4f);
  Floats p = splat(1.9875691500e-4f);
  p = p * r + splat(1.3981999507e-3f);
  p = p * r + splat(8.3334519073e-3f);
  p = p * r + splat(4.1665795894e-2f);
  p = p * r + splat(1.6666665459e-1f);
  p = p * r + splat(5.0000001201e-1f);
  p = p * r * r + r + splat(1.0f);
  const Ints power = (Ints)(n + splat(12582912.0f)) << 23;
  return (Floats)((Ints)p + power);
}

// ---------------------------------------------------------------- the products

static inline Ints dot_pairs(Ints sum, Shorts weights, Ints pair) {
#if defined(VIVAVOCE_VNNI)
  return (Ints)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)weights, (__m512i)pair);
#elif VIVAVOCE_BYTES == 32 && defined(__AVX2__)
  return sum + (Ints)_mm256_madd_epi16((__m256i)weights, (__m256i)pair);
#elif defined(__x86_64__)
  return sum + (Ints)_mm_madd_epi16((__m128i)weights, (__m128i)pair);
#elif defined(__aarch64__)
  const int16x8_t w = (int16x8_t)weights, a = vreinterpretq_s16_s32((int32x4_t)pair);
  const int32x4_t low = vmull_s16(vget_low_s16(w), vget_low_s16(a));
  const int32x4_t high = vmull_high_s16(w, a);
  return sum + (Ints)vpaddq_s32(low, high);
#else
  const Ints w = (Ints)weights;
  return sum + ((w << 16) >> 16) * ((pair << 16) >> 16) + (w >> 16) * (pair >> 16);
#endif
}

static inline Floats dot_bfloats(Floats sum, Words weights, Words pair) {
#if defined(VIVAVOCE_BF16)
  return (Floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)(__m512i)weights, (__m512bh)(__m512i)pair);
#else
  sum += (Floats)(weights << 16) * (Floats)(pair << 16);
  return sum + (Floats)(weights & 0xffff0000u) * (Floats)(pair & 0xffff0000u);
#endif
}

// Multiplies `rows` tiles by a panel over `depth` inputs and adds the products to `sums` ([row][kPanel]).
struct FloatProduct {
  typedef float Element;
  static constexpr int kGroup = 1;
  static inline void run(const float* tiles, int stride, const float* weights, int depth, const float*, float* sums) {
    Floats sum[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kVectors; ++v) sum[r][v] = load(sums + r * kPanel + v * kLanes);
    for (int k = 0; k < depth; ++k) {
      Floats w[kVectors];
      for (int v = 0; v < kVectors; ++v) w[v] = load(weights + k * kPanel + v * kLanes);
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) {
        const Floats a = splat(tiles[r * stride + k]);
        for (int v = 0; v < kVectors; ++v) sum[r][v] += w[v] * a;
      }
    }
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kVectors; ++v) store(sums + r * kPanel + v * kLanes, sum[r][v]);
  }
};

struct IntProduct {
  typedef int16_t Element;
  static constexpr int kGroup = 2;
  static inline void run(const int16_t* tiles, int stride, const int16_t* weights, int depth, const float* scale,
                         float* sums) {
    Ints sum[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kVectors; ++v) sum[r][v] = Ints{};
    for (int k = 0; k < depth; k += 2) {
      Shorts w[kVectors];
      for (int v = 0; v < kVectors; ++v)
        w[v] = *reinterpret_cast<const Shorts*>(weights + k * kPanel + v * kLanes * 2);
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) {
        int32_t pair;
        std::memcpy(&pair, tiles + r * stride + k, 4);
        const Ints a = splat_int(pair);
        for (int v = 0; v < kVectors; ++v) sum[r][v] = dot_pairs(sum[r][v], w[v], a);
      }
    }
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kVectors; ++v) {
        float* to = sums + r * kPanel + v * kLanes;
        store(to, load(to) + __builtin_convertvector(sum[r][v], Floats) * load(scale + v * kLanes));
      }
  }
};

struct BfloatProduct {
  typedef uint16_t Element;
  static constexpr int kGroup = 2;
  static inline void run(const uint16_t* tiles, int stride, const uint16_t* weights, int depth, const float*,
                         float* sums) {
    Floats sum[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kVectors; ++v) sum[r][v] = load(sums + r * kPanel + v * kLanes);
    for (int k = 0; k < depth; k += 2) {
      Words w[kVectors];
      for (int v = 0; v < kVectors; ++v) w[v] = *reinterpret_cast<const Words*>(weights + k * kPanel + v * kLanes * 2);
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) {
        int32_t pair;
        std::memcpy(&pair, tiles + r * stride + k, 4);
        const Words a = (Words)splat_int(pair);
        for (int v = 0; v < kVectors; ++v) sum[r][v] = dot_bfloats(sum[r][v], w[v], a);
      }
    }
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kVectors; ++v) store(sums + r * kPanel + v * kLanes, sum[r][v]);
  }
};

// ---------------------------------------------------------------- the transforms

// Evaluation at 0, 1, -1, 2, -2, 1/2 and infinity, each row scaled by a power of two to a sum of about 1.
template <int M>
struct Toom;
template <>
struct Toom<1> {
  static constexpr float kIn[1][1] = {{1}};
  static constexpr float kOut[1][1] = {{1}};
};
template <>
struct Toom<4> {
#include "toom4.h"
};

template <int Kind>
static inline Floats activate(const Convolution& job, Floats value, int channel) {
  value = value * load(job.scale + channel) + load(job.shift + channel);
  if (Kind == static_cast<int>(Activation::kLeakyRelu)) return greatest(value, value * splat(job.slope));
  if (Kind == static_cast<int>(Activation::kSnake)) {
    const Floats s = sin_pi(value * load(job.alpha + channel));
    return value + s * s * load(job.inverse + channel);
  }
  return value;
}

static inline void put(float* to, Floats value, Floats) { store(to, value); }
static inline void put(int16_t* to, Floats value, Floats scale) {
  const Ints rounded = (Ints)(value * scale + splat(12582912.0f));
  *reinterpret_cast<HalfShorts*>(to) = __builtin_convertvector(rounded, HalfShorts);
}
static inline void put(uint16_t* to, Floats value, Floats) {
  const Words bits = (Words)value;
  const Words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  *reinterpret_cast<HalfWords*>(to) = __builtin_convertvector(rounded, HalfWords);
}

constexpr int kSlab = 64;  // channels that the input transform takes at a time

// Activates the rows that a block needs and evaluates each tile at every point: values[point][tile][channel].
template <int M, int Kind, typename Element>
static void transform_inputs(const Convolution& job, int phase, int first_tile, int tiles, float* rows,
                             Element* values) {
  constexpr int kPoints = points_of(M);
  const int channels = job.input_stride;
  const int count = tiles * M + kPoints - M;
  const Floats scale = splat(job.input_scale > 0 ? 1.0f / job.input_scale : 0.0f);
  for (int slab = 0; slab < channels; slab += kSlab) {
    const int width = channels - slab < kSlab ? channels - slab : kSlab;
    for (int row = 0; row < count; ++row) {
      const int time = phase + job.dilation * (first_tile * M + row) - job.padding;
      float* to = rows + row * kSlab;
      if (time < 0 || time >= job.input_rows) {
        std::memset(to, 0, sizeof(float) * width);
        continue;
      }
      const float* from = job.input + static_cast<size_t>(time) * channels + slab;
      for (int c = 0; c < width; c += kLanes) store(to + c, activate<Kind>(job, load(from + c), slab + c));
    }
    for (int tile = 0; tile < tiles; ++tile) {
      for (int c = 0; c < width; c += kLanes) {
        Floats x[kPoints];
        const float* from = rows + tile * M * kSlab + c;
#pragma GCC unroll 7
        for (int j = 0; j < kPoints; ++j) x[j] = load(from + j * kSlab);
#pragma GCC unroll 7
        for (int p = 0; p < kPoints; ++p) {
          Floats sum = Floats{};
#pragma GCC unroll 7
          for (int j = 0; j < kPoints; ++j)
            if (Toom<M>::kIn[p][j] != 0) sum += x[j] * splat(Toom<M>::kIn[p][j]);
          put(values + (static_cast<size_t>(p) * tiles + tile) * channels + slab + c, sum, scale);
        }
      }
    }
  }
}

// From the products at every point to rows of output, with bias, residual and statistics.
template <int M>
static void write_outputs(const Convolution& job, int panel, int phase, int first_row, int rows, const float* sums,
                          int padded_tiles, float* statistics) {
  constexpr int kPoints = points_of(M);
  const int width = job.panels * kPanel;
  const Floats scale = splat(job.input_scale);
  for (int v = 0; v < kVectors; ++v) {
    const int channel = panel * kPanel + v * kLanes;
    const Floats bias = load(job.bias + channel);
    Floats sum = Floats{}, squares = Floats{}, low = splat(3e38f), high = splat(-3e38f);
    for (int tile = 0; tile * M < rows; ++tile) {
      Floats products[kPoints];
#pragma GCC unroll 7
      for (int p = 0; p < kPoints; ++p)
        products[p] = load(sums + (static_cast<size_t>(p) * padded_tiles + tile) * kPanel + v * kLanes);
#pragma GCC unroll 4
      for (int j = 0; j < M; ++j) {
        if (tile * M + j >= rows) break;
        Floats value = Floats{};
#pragma GCC unroll 7
        for (int p = 0; p < kPoints; ++p)
          if (Toom<M>::kOut[j][p] != 0) value += products[p] * splat(Toom<M>::kOut[j][p]);
        value = value * scale + bias;
        const size_t time = phase + static_cast<size_t>(job.dilation) * (first_row + tile * M + j);
        const size_t at = time * job.output_stride + channel;
        if (job.residual) value += load(job.residual + at);
        if (job.base) value += load(job.base + at);
        store(job.output + at, value);
        sum += value;
        squares += value * value;
        low = least(low, value);
        high = greatest(high, value);
      }
    }
    if (statistics) {
      store(statistics + channel, sum);
      store(statistics + width + channel, squares);
      store(statistics + 2 * width + channel, low);
      store(statistics + 3 * width + channel, high);
    }
  }
}

static inline int pad_tiles(int tiles) { return (tiles + kRows - 1) / kRows * kRows; }

template <int M, typename Product>
static void run_block_of(const Convolution& job, int block, void* scratch) {
  typedef typename Product::Element Element;
  constexpr int kPoints = points_of(M);
  const int number = block;
  int phase = 0;
  while (block >= job.blocks_of_phase(phase)) block -= job.blocks_of_phase(phase++);
  const int first_tile = block * job.tiles;
  const int rows_left = job.rows_of_phase(phase) - first_tile * M;
  const int rows = rows_left < job.tiles * M ? rows_left : job.tiles * M;
  const int padded = pad_tiles((rows + M - 1) / M);
  const int value_tiles = padded + job.pieces - 1;
  const int channels = job.input_stride;

  float* activated = static_cast<float*>(scratch);
  float* sums = activated + (pad_tiles(job.tiles) + job.pieces - 1) * M * kSlab + kPoints * kSlab;
  Element* values = reinterpret_cast<Element*>(sums + static_cast<size_t>(kPoints) * pad_tiles(job.tiles) * kPanel);

  switch (job.activation) {
    case Activation::kLinear: transform_inputs<M, 0>(job, phase, first_tile, value_tiles, activated, values); break;
    case Activation::kLeakyRelu: transform_inputs<M, 1>(job, phase, first_tile, value_tiles, activated, values); break;
    case Activation::kSnake: transform_inputs<M, 2>(job, phase, first_tile, value_tiles, activated, values); break;
  }
  const int depth = job.pieces * channels;
  const Element* weights = static_cast<const Element*>(job.weights);
  float* statistics = job.statistics ? job.statistics + static_cast<size_t>(number) * 4 * job.panels * kPanel : nullptr;
  for (int panel = 0; panel < job.panels; ++panel) {
    std::memset(sums, 0, sizeof(float) * kPoints * padded * kPanel);
    for (int p = 0; p < kPoints; ++p) {
      const size_t at = static_cast<size_t>(panel) * kPoints + p;
      const Element* of_point = weights + at * depth * kPanel;
      const float* scale = job.weight_scale ? job.weight_scale + at * kPanel : nullptr;
      // The pieces of a tile are the tiles after it: rows of the product's left side overlap in memory.
      const Element* tiles = values + static_cast<size_t>(p) * value_tiles * channels;
      for (int k = 0; k < depth; k += kDepth) {
        const int part = depth - k < kDepth ? depth - k : kDepth;
        for (int tile = 0; tile < padded; tile += kRows)
          Product::run(tiles + static_cast<size_t>(tile) * channels + k, channels, of_point + k * kPanel, part, scale,
                       sums + (static_cast<size_t>(p) * padded + tile) * kPanel);
      }
    }
    write_outputs<M>(job, panel, phase, first_tile * M, rows, sums, padded, statistics);
  }
}

template <typename Product>
static void run_block_with(const Convolution& job, int block, void* scratch) {
  if (job.m == 4)
    run_block_of<4, Product>(job, block, scratch);
  else
    run_block_of<1, Product>(job, block, scratch);
}

static void run_block(const Convolution& job, int block, void* scratch) {
  switch (job.arithmetic) {
    case Arithmetic::kFloat: run_block_with<FloatProduct>(job, block, scratch); break;
    case Arithmetic::kInt16: run_block_with<IntProduct>(job, block, scratch); break;
    case Arithmetic::kBfloat16: run_block_with<BfloatProduct>(job, block, scratch); break;
  }
}

static void synthesise_frames(const float* rows, int count, const float* basis, float* frames) {
  for (int row = 0; row < count; ++row, rows += 2 * kPanel, frames += kFramePadded) {
    alignas(64) float real[kPanel], imaginary[kPanel];
    for (int c = 0; c < kPanel; c += kLanes) {
      const Floats magnitude = exp_floats(load(rows + c));
      const Floats turns = sin_pi(load(rows + kPanel + c) * splat(0.318309886f)) * splat(0.318309886f);
      store(real + c, magnitude * sin_pi(turns + splat(0.5f)));
      store(imaginary + c, magnitude * sin_pi(turns));
    }
    for (int s = 0; s < kFramePadded; s += kLanes) {
      Floats sum = Floats{};
      for (int bin = 0; bin < kBins; ++bin) {
        sum += load(basis + bin * kFramePadded + s) * splat(real[bin]);
        sum += load(basis + (kBins + bin) * kFramePadded + s) * splat(imaginary[bin]);
      }
      store(frames + s, sum);
    }
  }
}

}  // namespace VIVAVOCE_TARGET
}  // namespace vivavoce
