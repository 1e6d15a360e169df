// Buffers, packed weights, and convolutions that run on a pool.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "kernels.h"
#include "pool.h"

namespace vivavoce {

constexpr int pad_channels(int channels) { return (channels + kPanel - 1) / kPanel * kPanel; }

// Zeroed memory at an address that vectors of any target can be loaded from. Large pieces come straight from the system
// in huge pages: with small ones a tenth of the time goes into page faults.
class Memory {
 public:
  Memory() = default;
  explicit Memory(size_t bytes);
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Memory();
  void* get() const { return data_; }

 private:
  void swap(Memory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(mapped_, other.mapped_);
  }
  void* data_ = nullptr;
  size_t mapped_ = 0;  // 0: from the heap
};

template <typename T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t count) : memory_(count * sizeof(T)), count_(count) {}
  T* data() { return static_cast<T*>(memory_.get()); }
  const T* data() const { return static_cast<const T*>(memory_.get()); }
  size_t size() const { return count_; }
  T& operator[](size_t at) { return data()[at]; }
  const T& operator[](size_t at) const { return data()[at]; }

 private:
  Memory memory_;
  size_t count_ = 0;
};

// Rows of samples, one a time, channels padded to a panel.
struct Signal {
  Signal() = default;
  Signal(int rows, int channels) : rows(rows), stride(pad_channels(channels)), own(size_t(rows) * stride), data(own.data()) {}
  // In memory that is kept for the next signal, and not cleared: all of it must be written before it is read.
  Signal(int rows, int channels, Buffer<float>& kept) : rows(rows), stride(pad_channels(channels)) {
    const size_t wanted = size_t(rows) * stride;
    if (kept.size() < wanted) {
      kept = Buffer<float>();
      kept = Buffer<float>(wanted);
    }
    data = kept.data();
  }
  float* row(int at) { return data + size_t(at) * stride; }
  const float* row(int at) const { return data + size_t(at) * stride; }

  int rows = 0;
  int stride = 0;
  Buffer<float> own;
  float* data = nullptr;
};

// Mean, variance and range of each channel.
struct Statistics {
  std::vector<float> mean, variance, low, high;
};

// What is done to a signal on its way into a convolution, and the greatest magnitude that comes of it.
struct Preparation {
  Preparation(int channels, Activation kind)
      : kind(kind), scale(channels), shift(channels), alpha(channels), inverse(channels) {
    for (int c = 0; c < channels; ++c) scale[c] = 1.0f;
  }
  void find_peak(const Statistics& of);

  Activation kind;
  Buffer<float> scale, shift, alpha, inverse;
  float slope = 0;
  float peak = 0;
};

// A convolution's weights as they were packed before, in memory that someone else keeps.
struct Packed {
  int outputs, inputs, taps;
  std::span<const char> weights;
  std::span<const float> scale, bias;
};

// The weights of a convolution in the order in which the kernels use them.
class Weights {
 public:
  Weights() = default;
  Weights(const Packed& packed, Arithmetic arithmetic, int m);
  // `values` is [outputs][inputs][taps]; `bias` may be empty; all are multiplied by `factor`.
  Weights(std::span<const float> values, std::span<const float> bias, int outputs, int inputs, int taps,
          Arithmetic arithmetic, int m, float factor, Pool& pool);

  int points() const { return all_points_of(m, pieces); }
  int depth() const { return depth_of(m, pieces, pad_channels(inputs)); }
  size_t element() const { return arithmetic == Arithmetic::kFloat ? 4 : 2; }

  int outputs = 0, inputs = 0, taps = 0, panels = 0, pieces = 0, m = 1;
  Arithmetic arithmetic = Arithmetic::kFloat;
  Packed packed{};

 private:
  Weights(int outputs, int inputs, int taps, Arithmetic arithmetic, int m);
  // One output's kernel ([inputs][taps]) at every point: [point][depth].
  void transform(const float* from, float factor, float* to) const;

  Buffer<char> weights_;
  Buffer<float> scale_, bias_;
};

struct Target {
  float* output;
  int stride;
  int rows;
  const float* residual = nullptr;
  const float* base = nullptr;
};

class Engine {
 public:
  Engine(const Kernels& kernels, int threads) : kernels(kernels), pool(threads), scratch_(pool.size()) {}

  // Convolves a prepared signal; `statistics` is filled where it is not null.
  void convolve(const Signal& input, const Preparation& preparation, const Weights& weights, int dilation, int padding,
                const Target& target, Statistics* statistics);
  Statistics measure(const Signal& signal);

  const Kernels& kernels;
  Pool pool;

 private:
  std::vector<Buffer<char>> scratch_;
};

}  // namespace vivavoce
