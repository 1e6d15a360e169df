// The operations are those of ONNX Runtime's STFT in its order: Bluestein's algorithm, which makes 20 points of three
// transforms of 64 points by radix 2. Here frames lie side by side in a vector. This file is compiled without contraction of
// a product and a sum to one operation, and without anything else that rounds in another place; products with zeros and
// ones stay because of the signs of zeros.

#include "stft.h"

#include <algorithm>
#include <cmath>

namespace vivavoce {
namespace {

constexpr int kLanes = 4;
constexpr int kPoints = 64;
constexpr int kHalf = kPoints / 2;
constexpr float kPi = 3.14159274101257324f;
typedef float Lanes __attribute__((vector_size(4 * kLanes)));

template <typename T>
struct Complex {
  T real, imaginary;
};
typedef Complex<float> Number;

template <typename A, typename B>
inline Complex<decltype(A{} * B{})> multiply(const Complex<A>& a, const Complex<B>& b) {
  return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

template <typename T>
inline Complex<T> add(const Complex<T>& a, const Complex<T>& b) {
  return {a.real + b.real, a.imaginary + b.imaginary};
}

// By the system's functions for floats, as ONNX Runtime does; a compiler that knew the angle would round better.
Number turn(float angle) {
  volatile float unknown = angle;
  angle = unknown;
  return {std::cos(angle), std::sin(angle)};
}

constexpr int reverse_bits(int number) {
  int reversed = 0;
  for (int bit = 1; bit < kPoints; bit <<= 1) reversed = reversed << 1 | ((number & bit) != 0);
  return reversed;
}

struct Tables {
  Tables() {
    for (int i = 0; i < kPoints; ++i) turns[i] = turn(static_cast<float>(i) * (-(2 * kPi) / kPoints));
    Number mirrored[kPoints] = {};
    for (int n = 0; n < kFrame; ++n) {
      const float number = static_cast<float>(n);
      chirp[n] = turn(-kPi * number * number / kFrame);
      mirrored[n] = mirrored[(kPoints - n) % kPoints] = {chirp[n].real, -chirp[n].imaginary};
    }
    transform(mirrored, filter);
  }

  // Neither the forward nor, scaled, the inverse transform: the latter's results come in reverse.
  template <typename T>
  void transform(const Complex<T>* from, Complex<T>* to) const {
    constexpr Number kOne = {1.0f, 0.0f};
    for (int i = 0; i < kPoints; ++i) to[i] = multiply(multiply(kOne, from[reverse_bits(i)]), kOne);
    for (int size = 2; size <= kPoints; size *= 2)
      for (int k = 0; k < size / 2; ++k) {
        const Number first = turns[k * (kPoints / size)], second = turns[k * (kPoints / size) + kHalf];
        for (int start = 0; start < kPoints; start += size) {
          Complex<T>&even = to[start + k], &odd = to[start + k + size / 2];
          const Complex<T> sum = add(even, multiply(first, odd));
          odd = add(even, multiply(second, odd));
          even = sum;
        }
      }
  }

  Number turns[kPoints], chirp[kFrame], filter[kPoints];
};

}  // namespace

void transform_frames(const float* signal, int count, int hop, const float* window, float* spectrum) {
  static const Tables tables;
  for (int frame = 0; frame < count; frame += kLanes) {
    const int lanes = std::min(kLanes, count - frame);
    Complex<Lanes> values[kPoints] = {}, turned[kPoints];
    for (int n = 0; n < kFrame; ++n) {
      Lanes samples = {};
      for (int lane = 0; lane < lanes; ++lane) samples[lane] = signal[size_t(frame + lane) * hop + n];
      values[n] = multiply(Complex<Lanes>{samples * window[n], Lanes{} * window[n]}, tables.chirp[n]);
    }
    tables.transform(values, turned);
    for (int i = 0; i < kPoints; ++i) turned[i] = multiply(turned[i], tables.filter[i]);
    tables.transform(turned, values);
    for (int bin = 0; bin < kBins; ++bin) {
      const Complex<Lanes>& value = values[(kPoints - bin) % kPoints];
      const Complex<Lanes> scaled = {value.real / float{kPoints}, value.imaginary / float{kPoints}};
      const Complex<Lanes> result = multiply(scaled, tables.chirp[bin]);
      for (int lane = 0; lane < lanes; ++lane) {
        float* to = spectrum + (size_t(frame + lane) * kBins + bin) * 2;
        to[0] = result.real[lane];
        to[1] = result.imaginary[lane];
      }
    }
  }
}

}  // namespace vivavoce
