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
constexpr int kRows = 12;  // units that one pass of the inner loop holds in registers
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

// The polynomial in z with these coefficients, the highest first.
template <int Count>
static inline Floats evaluate_polynomial(Floats z, const float (&coefficients)[Count]) {
  Floats p = splat(coefficients[0]);
#pragma GCC unroll 8
  for (int i = 1; i < Count; ++i) p = p * z + splat(coefficients[i]);
  return p;
}

// sin(pi * turns / 1) for any `turns`, error below 2e-7.
static inline Floats sin_pi(Floats turns) {
  const Floats whole = round_floats(turns);
  const Floats r = turns - whole;
  const Floats p = evaluate_polynomial(r * r, {-0.0073704309f, 0.0821458866f, -0.5992645293f, 2.5501640399f,
                                               -5.1677127800f, 3.1415926536f});
  // An odd number of half turns changes the sign.
  const Words odd = (Words)(whole + splat(12582912.0f)) << 31;
  return (Floats)((Words)(p * r) ^ odd);
}

// The square of sin(pi * turns), for any `turns`, error below 3e-7.
static inline Floats square_sin_pi(Floats turns) {
  const Floats r = turns - round_floats(turns);
  const Floats z = r * r;
  return z * evaluate_polynomial(z, {-3.2729503380f, 12.9907332688f, -30.0859538957f, 42.7253848670f, -32.4695811194f,
                                     9.8696029203f});
}

static inline Floats exp_floats(Floats value) {
  value = least(greatest(value, splat(-87.0f)), splat(88.0f));
  const Floats n = round_floats(value * splat(1.44269504f));
  const Floats r = (value - n * splat(0.693359375f)) - n * splat(-2.12194440e-4f);
  const Floats q = evaluate_polynomial(r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                                           1.6666665459e-1f, 5.0000001201e-1f});
  const Floats p = q * r * r + r + splat(1.0f);
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

// Multiplies `Rows` units by a panel over `depth` inputs; `sums` ([row][kPanel]) begin with that, or add it. Loops
// over sums must be unrolled: what is indexed by a variable would lie in memory, not in registers.
struct FloatProduct {
  typedef float Element;
  static constexpr int kGroup = 1;
  template <int Rows>
  static inline void run(const float* units, int stride, const float* weights, int depth, const float*, bool begins,
                         float* sums) {
    Floats sum[Rows][kVectors];
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sum[r][v] = begins ? Floats{} : load(sums + r * kPanel + v * kLanes);
    for (int k = 0; k < depth; ++k) {
      Floats w[kVectors];
      for (int v = 0; v < kVectors; ++v) w[v] = load(weights + k * kPanel + v * kLanes);
#pragma GCC unroll 12
      for (int r = 0; r < Rows; ++r) {
        const Floats a = splat(units[r * stride + k]);
        for (int v = 0; v < kVectors; ++v) sum[r][v] += w[v] * a;
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) store(sums + r * kPanel + v * kLanes, sum[r][v]);
  }
};

struct IntProduct {
  typedef int16_t Element;
  static constexpr int kGroup = 2;
  template <int Rows>
  static inline void run(const int16_t* units, int stride, const int16_t* weights, int depth, const float* scale,
                         bool begins, float* sums) {
    Ints sum[Rows][kVectors] = {};
    for (int k = 0; k < depth; k += 2) {
      Shorts w[kVectors];
      for (int v = 0; v < kVectors; ++v)
        w[v] = *reinterpret_cast<const Shorts*>(weights + k * kPanel + v * kLanes * 2);
#pragma GCC unroll 12
      for (int r = 0; r < Rows; ++r) {
        int32_t pair;
        std::memcpy(&pair, units + r * stride + k, 4);
        const Ints a = splat_int(pair);
        for (int v = 0; v < kVectors; ++v) sum[r][v] = dot_pairs(sum[r][v], w[v], a);
      }
    }
    Floats steps[kVectors];
    for (int v = 0; v < kVectors; ++v) steps[v] = load(scale + v * kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        float* to = sums + r * kPanel + v * kLanes;
        const Floats before = begins ? Floats{} : load(to);
        store(to, before + __builtin_convertvector(sum[r][v], Floats) * steps[v]);
      }
  }
};

struct BfloatProduct {
  typedef uint16_t Element;
  static constexpr int kGroup = 2;
  template <int Rows>
  static inline void run(const uint16_t* units, int stride, const uint16_t* weights, int depth, const float*,
                         bool begins, float* sums) {
    Floats sum[Rows][kVectors];
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sum[r][v] = begins ? Floats{} : load(sums + r * kPanel + v * kLanes);
    for (int k = 0; k < depth; k += 2) {
      Words w[kVectors];
      for (int v = 0; v < kVectors; ++v) w[v] = *reinterpret_cast<const Words*>(weights + k * kPanel + v * kLanes * 2);
#pragma GCC unroll 12
      for (int r = 0; r < Rows; ++r) {
        int32_t pair;
        std::memcpy(&pair, units + r * stride + k, 4);
        const Words a = (Words)splat_int(pair);
        for (int v = 0; v < kVectors; ++v) sum[r][v] = dot_bfloats(sum[r][v], w[v], a);
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) store(sums + r * kPanel + v * kLanes, sum[r][v]);
  }
};

// ---------------------------------------------------------------- the transforms

// Evaluation at 0, 1, -1, 2, -2, 1/2 and infinity, each row scaled so that its magnitudes sum to 1.
// Made by native/tools/toom.py.
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

// The same over the tiles of a unit.
template <int Group>
struct Nest;
template <>
struct Nest<1> : Toom<1> {};
template <>
struct Nest<3> {
#include "pieces2.h"
};
template <>
struct Nest<4> {
#include "pieces3.h"
};

// Interpolates values at the points 0, 1, -1, 2, -2, 1/2 (or fewer of them) and infinity. What two opposite points
// give to even outputs is their sum, to odd ones their difference.
template <typename Algorithm, int Outputs, int Points>
static inline void interpolate(const Floats* from, Floats* to) {
  constexpr int kPairs = (Points - 2) / 2;
  Floats even[kPairs + 1], odd[kPairs + 1];
#pragma GCC unroll 2
  for (int pair = 0; pair < kPairs; ++pair) {
    even[pair] = from[2 * pair + 1] + from[2 * pair + 2];
    odd[pair] = from[2 * pair + 1] - from[2 * pair + 2];
  }
#pragma GCC unroll 4
  for (int j = 0; j < Outputs; ++j) {
    Floats sum = j == 0 ? from[0] : Floats{};
#pragma GCC unroll 2
    for (int pair = 0; pair < kPairs; ++pair)
      sum += (j % 2 ? odd : even)[pair] * splat(Algorithm::kOut[j][2 * pair + 1]);
#pragma GCC unroll 3
    for (int p = 2 * kPairs + 1; p < Points; ++p)
      if (Algorithm::kOut[j][p] != 0) sum += from[p] * splat(Algorithm::kOut[j][p]);
    to[j] = sum;
  }
}

template <int Kind>
static inline Floats activate(const Convolution& job, Floats value, int channel) {
  value = value * load(job.scale + channel) + load(job.shift + channel);
  if (Kind == static_cast<int>(Activation::kLeakyRelu)) return greatest(value, value * splat(job.slope));
  if (Kind == static_cast<int>(Activation::kSnake))
    return value + square_sin_pi(value * load(job.alpha + channel)) * load(job.inverse + channel);
  return value;
}

static inline void put(float* to, Floats value) { store(to, value); }
static inline void put(int16_t* to, Floats value) {
#if VIVAVOCE_BYTES == 32 && defined(__AVX2__)
  const __m256i rounded = _mm256_cvtps_epi32((__m256)value);
  _mm_store_si128(reinterpret_cast<__m128i*>(to),
                  _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1)));
#else
  const Ints rounded = (Ints)(value + splat(12582912.0f));
  *reinterpret_cast<HalfShorts*>(to) = __builtin_convertvector(rounded, HalfShorts);
#endif
}
static inline void put(uint16_t* to, Floats value) {
  const Words bits = (Words)value;
  const Words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  *reinterpret_cast<HalfWords*>(to) = __builtin_convertvector(rounded, HalfWords);
}

constexpr int kSlab = 64;  // channels that the input transform takes at a time

// Values of successive points would all fall into one set of the cache if a power of two lay between them.
static inline size_t value_stride(int units, int channels) { return static_cast<size_t>(units) * channels + kPointGap; }

// The values of one tile at every point.
template <int M>
static inline void evaluate(const float* from, Floats* values) {
  constexpr int kPoints = points_of(M);
  Floats x[kPoints];
#pragma GCC unroll 7
  for (int j = 0; j < kPoints; ++j) x[j] = load(from + j * kSlab);
#pragma GCC unroll 7
  for (int p = 0; p < kPoints; ++p) {
    values[p] = Floats{};
#pragma GCC unroll 7
    for (int j = 0; j < kPoints; ++j)
      if (Toom<M>::kIn[p][j] != 0) values[p] += x[j] * splat(Toom<M>::kIn[p][j]);
  }
}

// Activates the rows that a block needs and evaluates each unit at every point: values[point][unit][channel].
template <int M, int Group, int Kind, typename Element>
static void transform_inputs(const Convolution& job, int phase, int first_row, int units, float* rows,
                             Element* values) {
  constexpr int kPoints = points_of(M);
  constexpr int kTiles = nest_points_of(Group);  // that one unit's values come from
  const int channels = job.input_stride;
  const int count = ((units - 1) * Group + kTiles) * M + kPoints - M;
  const size_t stride = value_stride(units, channels);
  // Where sums are of integers, an input of the greatest magnitude becomes the greatest integer.
  const Floats scale = splat(job.input_scale > 0 ? 1.0f / job.input_scale : 0.0f);
  Floats tiles[kSlab / kLanes][kTiles][kPoints];
  for (int slab = 0; slab < channels; slab += kSlab) {
    const int width = channels - slab < kSlab ? channels - slab : kSlab;
    for (int row = 0; row < count; ++row) {
      const int time = phase + job.dilation * (first_row + row) - job.padding;
      float* to = rows + row * kSlab;
      if (time < 0 || time >= job.input_rows) {
        std::memset(to, 0, sizeof(float) * width);
        continue;
      }
      const float* from = job.input + static_cast<size_t>(time) * channels + slab;
      for (int c = 0; c < width; c += kLanes) store(to + c, activate<Kind>(job, load(from + c), slab + c) * scale);
    }
    for (int unit = 0; unit < units; ++unit) {
      for (int c = 0; c < width; c += kLanes) {
        auto& of = tiles[c / kLanes];
        // What the unit before has evaluated already is kept.
        for (int t = 0; unit > 0 && t < kTiles - Group; ++t)
          for (int p = 0; p < kPoints; ++p) of[t][p] = of[t + Group][p];
        for (int t = unit > 0 ? kTiles - Group : 0; t < kTiles; ++t)
          evaluate<M>(rows + (unit * Group + t) * M * kSlab + c, of[t]);
#pragma GCC unroll 7
        for (int p = 0; p < kPoints; ++p) {
#pragma GCC unroll 6
          for (int n = 0; n < kTiles; ++n) {
            Floats sum = Floats{};
#pragma GCC unroll 6
            for (int t = 0; t < kTiles; ++t)
              if (Nest<Group>::kIn[n][t] != 0) sum += of[t][p] * splat(Nest<Group>::kIn[n][t]);
            put(values + (p * kTiles + n) * stride + static_cast<size_t>(unit) * channels + slab + c, sum);
          }
        }
      }
    }
  }
}

// From the products at every point to rows of output, with bias, residual and statistics.
template <int M, int Group>
static void write_outputs(const Convolution& job, int panel, int phase, int first_row, int rows, const float* sums,
                          int padded, float* statistics) {
  constexpr int kPoints = points_of(M);
  constexpr int kNested = nest_points_of(Group);
  const int width = job.panels * kPanel;
  const Floats scale = splat(job.input_scale);
  for (int v = 0; v < kVectors; ++v) {
    const int channel = panel * kPanel + v * kLanes;
    const Floats bias = load(job.bias + channel);
    Floats sum = Floats{}, squares = Floats{}, low = splat(3e38f), high = splat(-3e38f);
    for (int unit = 0; unit * Group * M < rows; ++unit) {
      Floats products[kPoints][Group];
#pragma GCC unroll 7
      for (int p = 0; p < kPoints; ++p) {
        Floats nested[kNested];
#pragma GCC unroll 6
        for (int n = 0; n < kNested; ++n)
          nested[n] = load(sums + (static_cast<size_t>(p * kNested + n) * padded + unit) * kPanel + v * kLanes);
        interpolate<Nest<Group>, Group, kNested>(nested, products[p]);
      }
      for (int g = 0; g < Group; ++g) {
        Floats of_tile[kPoints], values[M];
#pragma GCC unroll 7
        for (int p = 0; p < kPoints; ++p) of_tile[p] = products[p][g];
        interpolate<Toom<M>, M, kPoints>(of_tile, values);
#pragma GCC unroll 4
        for (int j = 0; j < M; ++j) {
          const int row = (unit * Group + g) * M + j;
          if (row >= rows) break;
          Floats value = values[j];
          value = value * scale + bias;
          const size_t time = phase + static_cast<size_t>(job.dilation) * (first_row + row);
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
    }
    if (statistics) {
      store(statistics + channel, sum);
      store(statistics + width + channel, squares);
      store(statistics + 2 * width + channel, low);
      store(statistics + 3 * width + channel, high);
    }
  }
}

// The inner loop takes kRows units, or two thirds or one third of that at the end of a block.
constexpr int kStep = kRows / 3;

template <typename Product>
static inline void run_products(int rows, const typename Product::Element* units, int stride,
                                const typename Product::Element* weights, int depth, const float* scale, bool begins,
                                float* sums) {
  if (rows == kRows)
    Product::template run<kRows>(units, stride, weights, depth, scale, begins, sums);
  else if (rows == 2 * kStep)
    Product::template run<2 * kStep>(units, stride, weights, depth, scale, begins, sums);
  else
    Product::template run<kStep>(units, stride, weights, depth, scale, begins, sums);
}

// A kernel whose last piece lacks its last tap has a product of zero at infinity: how much of a point's depth counts.
template <int M, int Group>
static inline int find_depth(const Convolution& job, int point) {
  constexpr int kPoints = points_of(M);
  const int depth = depth_of(M, job.pieces(), job.input_stride);
  if (M == 1 || job.taps == job.pieces() * M) return depth;
  if (Group > 1) return point == kPoints * nest_points_of(Group) - 1 ? 0 : depth;
  return point == kPoints - 1 ? depth - job.input_stride : depth;
}

template <int M, int Group, typename Product>
static void run_block_of(const Convolution& job, int block, void* scratch) {
  typedef typename Product::Element Element;
  constexpr int kPoints = points_of(M) * nest_points_of(Group);
  const int number = block;
  int phase = 0;
  while (block >= job.blocks_of_phase(phase)) block -= job.blocks_of_phase(phase++);
  const int most = job.units_of_block(phase);
  const int first_row = block * most * Group * M;
  const int left = job.rows_of_phase(phase) - first_row;
  const int rows = left < most * Group * M ? left : most * Group * M;
  const int padded = divide_up(divide_up(rows, Group * M), kStep) * kStep;
  const int value_units = Group > 1 ? padded : padded + job.pieces() - 1;
  const int channels = job.input_stride;

  const ScratchSizes sizes = scratch_sizes(job);
  float* activated = static_cast<float*>(scratch);
  float* sums = activated + sizes.activated;
  Element* values = reinterpret_cast<Element*>(sums + sizes.sums);

  switch (job.activation) {
    case Activation::kLinear:
      transform_inputs<M, Group, 0>(job, phase, first_row, value_units, activated, values);
      break;
    case Activation::kLeakyRelu:
      transform_inputs<M, Group, 1>(job, phase, first_row, value_units, activated, values);
      break;
    case Activation::kSnake:
      transform_inputs<M, Group, 2>(job, phase, first_row, value_units, activated, values);
      break;
  }
  const int depth = depth_of(M, job.pieces(), channels);
  const Element* weights = static_cast<const Element*>(job.weights);
  float* statistics = job.statistics ? job.statistics + static_cast<size_t>(number) * 4 * job.panels * kPanel : nullptr;
  for (int panel = 0; panel < job.panels; ++panel) {
    for (int p = 0; p < kPoints; ++p) {
      const size_t at = static_cast<size_t>(panel) * kPoints + p;
      const Element* of_point = weights + at * depth * kPanel;
      const float* scale = job.weight_scale ? job.weight_scale + at * kPanel : nullptr;
      // Pieces that are not nested are the units after it: rows of the product's left side overlap in memory.
      const Element* units = values + p * value_stride(value_units, channels);
      const int counts = find_depth<M, Group>(job, p);
      float* of_sums = sums + static_cast<size_t>(p) * padded * kPanel;
      if (counts == 0) std::memset(of_sums, 0, sizeof(float) * padded * kPanel);
      for (int k = 0; k < counts; k += kDepth) {
        const int part = counts - k < kDepth ? counts - k : kDepth;
        for (int unit = 0; unit < padded; unit += kRows) {
          const int some = padded - unit < kRows ? padded - unit : kRows;
          run_products<Product>(some, units + static_cast<size_t>(unit) * channels + k, channels, of_point + k * kPanel,
                                part, scale, k == 0, of_sums + static_cast<size_t>(unit) * kPanel);
        }
      }
    }
    write_outputs<M, Group>(job, panel, phase, first_row, rows, sums, padded, statistics);
  }
}

template <typename Product>
static void run_block_with(const Convolution& job, int block, void* scratch) {
  if (job.m == 1)
    run_block_of<1, 1, Product>(job, block, scratch);
  else if (job.group() == 1)
    run_block_of<4, 1, Product>(job, block, scratch);
  else if (job.group() == 3)
    run_block_of<4, 3, Product>(job, block, scratch);
  else
    run_block_of<4, 4, Product>(job, block, scratch);
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
