// The Python module `vivavoce_kernels._native`.

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <stdexcept>

#include "stft.h"
#include "vocoder.h"

namespace nb = nanobind;
using namespace vivavoce;

namespace {

typedef nb::ndarray<const float, nb::c_contig, nb::device::cpu> Array;

std::vector<const Kernels*> usable_kernels() {
  std::vector<const Kernels*> kernels;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bf16"))
    kernels.push_back(&avx512_kernels());
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kernels.push_back(&avx2_kernels());
#endif
  kernels.push_back(&portable_kernels());
  return kernels;
}

const Kernels& find_kernels(const std::string& name) {
  for (const Kernels* kernels : usable_kernels())
    if (name == kernels->name) return *kernels;
  throw nb::value_error(("this processor has no kernels " + name).c_str());
}

Arithmetic find_arithmetic(const std::string& precision) {
  if (precision == "fp32") return Arithmetic::kFloat;
  if (precision == "int16") return Arithmetic::kInt16;
  if (precision == "bf16") return Arithmetic::kBfloat16;
  throw nb::value_error(("there is no precision " + precision).c_str());
}

Tensor to_tensor(const Array& array) {
  Tensor tensor{array.data(), {}};
  for (size_t axis = 0; axis < array.ndim(); ++axis) tensor.shape.push_back(static_cast<int>(array.shape(axis)));
  return tensor;
}

void want(const Array& array, const char* name, std::vector<size_t> shape) {
  bool same = array.ndim() == shape.size();
  for (size_t axis = 0; same && axis < shape.size(); ++axis) same = array.shape(axis) == shape[axis];
  if (!same) throw nb::value_error((std::string(name) + " has another shape than the frames ask for").c_str());
}

nb::object to_array(std::vector<float>&& values, std::vector<size_t> shape) {
  auto* owned = new std::vector<float>(std::move(values));
  nb::capsule owner(owned, [](void* data) noexcept { delete static_cast<std::vector<float>*>(data); });
  return nb::cast(nb::ndarray<nb::numpy, float>(owned->data(), shape.size(), shape.data(), owner));
}

typedef nb::ndarray<const uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> Bytes;
typedef std::tuple<std::tuple<int, int, int>, Bytes, Array, Array> PackedArrays;

// `packed` is used where it lies: the Python side keeps it alive as long as the vocoder.
std::unique_ptr<Vocoder> open_vocoder(const nb::dict& weights, const nb::dict& packed, const std::string& precision,
                                      int threads, const std::string& kernels) {
  if (threads < 1 || threads > 256) throw nb::value_error("threads must be 1 to 256");
  Source source;
  std::vector<Array> kept;
  for (auto [name, value] : weights) {
    kept.push_back(nb::cast<Array>(value));
    source.tensors[nb::cast<std::string>(name)] = to_tensor(kept.back());
  }
  for (auto [name, value] : packed) {
    const auto [shape, bytes, scale, bias] = nb::cast<PackedArrays>(value);
    const auto [outputs, inputs, taps] = shape;
    source.packed[nb::cast<std::string>(name)] = {outputs,
                                                  inputs,
                                                  taps,
                                                  {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                                  {scale.data(), scale.size()},
                                                  {bias.data(), bias.size()}};
  }
  const Arithmetic arithmetic = find_arithmetic(precision);
  const Kernels& chosen = find_kernels(kernels);
  nb::gil_scoped_release release;
  return std::make_unique<Vocoder>(source, arithmetic, chosen, threads);
}

// The packed convolutions of a vocoder, copied.
nb::dict list_packed(const Vocoder& vocoder) {
  nb::dict all;
  const auto to_floats = [](std::span<const float> values) {
    return to_array({values.begin(), values.end()}, {values.size()});
  };
  for (const auto& [name, weights] : vocoder.list_weights()) {
    const Packed& packed = weights->packed;
    all[name.c_str()] = nb::make_tuple(nb::make_tuple(packed.outputs, packed.inputs, packed.taps),
                                       nb::bytes(packed.weights.data(), packed.weights.size()),
                                       to_floats(packed.scale), to_floats(packed.bias));
  }
  return all;
}

nb::object render(Vocoder& vocoder, const Array& text, const Array& pitch, const Array& energy, const Array& style,
                  const Array& noise0, const Array& noise1) {
  if (text.ndim() != 2 || text.shape(1) < 1 || text.shape(1) > 100000) throw nb::value_error("want 1 to 100000 frames");
  const size_t frames = text.shape(1);
  want(text, "text", {512, frames});
  want(pitch, "pitch", {frames});
  want(energy, "energy", {frames});
  want(style, "style", {128});
  want(noise0, "noise0", {256, frames * 20});
  want(noise1, "noise1", {128, frames * 120 + 1});
  const Features features{text.data(),   pitch.data(),  energy.data(),           style.data(),
                          noise0.data(), noise1.data(), static_cast<int>(frames)};
  std::vector<float> samples;
  {
    nb::gil_scoped_release release;
    samples = vocoder.render(features);
  }
  const size_t count = samples.size();
  return to_array(std::move(samples), {count});
}

// The STFT of a signal by itself: [frame][bin][real, imaginary].
nb::object transform_signal(const Array& signal, const Array& window, int hop) {
  if (signal.ndim() != 1 || signal.shape(0) < kFrame || hop < 1) throw nb::value_error("want a signal of a frame or more");
  want(window, "window", {size_t(kFrame)});
  const size_t count = (signal.shape(0) - kFrame) / hop + 1;
  std::vector<float> spectrum(count * kBins * 2);
  transform_frames(signal.data(), static_cast<int>(count), hop, window.data(), spectrum.data());
  return to_array(std::move(spectrum), {count, size_t(kBins), 2});
}

// One convolution by itself, for the tests: rows [time][channel], affine and activation first.
nb::object convolve(const Array& rows, const Array& weights, const Array& bias, const Array& scale, const Array& shift,
                    const Array& alpha, int activation, float slope, int dilation, int padding, int m,
                    const std::string& precision, const std::string& kernels, int threads) {
  if (rows.ndim() != 2 || weights.ndim() != 3 || weights.shape(1) != rows.shape(1))
    throw nb::value_error("want rows [time][channel] and weights [output][channel][tap]");
  const int times = static_cast<int>(rows.shape(0)), inputs = static_cast<int>(rows.shape(1));
  const int outputs = static_cast<int>(weights.shape(0)), taps = static_cast<int>(weights.shape(2));
  want(bias, "bias", {size_t(outputs)});
  for (const Array* of : {&scale, &shift, &alpha}) want(*of, "scale, shift or alpha", {size_t(inputs)});
  const int results = times + 2 * padding - dilation * (taps - 1);
  if (times < 1 || results < 1 || dilation < 1 || padding < 0 || activation < 0 || activation > 2)
    throw nb::value_error("nothing is left to compute");
  Engine engine(find_kernels(kernels), threads);
  const Weights packed({weights.data(), weights.size()}, {bias.data(), bias.size()}, outputs, inputs, taps,
                       find_arithmetic(precision), m, 1.0f, engine.pool);
  Signal input(times, inputs), output(results, outputs);
  for (int row = 0; row < times; ++row) std::copy_n(rows.data() + size_t(row) * inputs, inputs, input.row(row));
  Preparation preparation(input.stride, static_cast<Activation>(activation));
  preparation.slope = slope;
  for (int c = 0; c < inputs; ++c) {
    preparation.scale[c] = scale.data()[c];
    preparation.shift[c] = shift.data()[c];
    preparation.alpha[c] = alpha.data()[c] * 0.318309886f;
    preparation.inverse[c] = 1.0f / alpha.data()[c];
  }
  preparation.find_peak(engine.measure(input));
  Statistics statistics;
  engine.convolve(input, preparation, packed, dilation, padding, {output.row(0), output.stride, results}, &statistics);
  std::vector<float> values(size_t(results) * outputs);
  for (int row = 0; row < results; ++row) std::copy_n(output.row(row), outputs, values.data() + size_t(row) * outputs);
  std::vector<float> measured;
  for (const auto* of : {&statistics.mean, &statistics.variance, &statistics.low, &statistics.high})
    measured.insert(measured.end(), of->begin(), of->begin() + outputs);
  return nb::make_tuple(to_array(std::move(values), {size_t(results), size_t(outputs)}),
                        to_array(std::move(measured), {4, size_t(outputs)}));
}

}  // namespace

NB_MODULE(_native, module) {
  module.doc() = "Kokoro's decoder with fused kernels; see vivavoce_kernels.";
  nb::class_<Vocoder>(module, "Vocoder")
      .def("list_packed", &list_packed)
      .def("render", &render, nb::arg("text"), nb::arg("pitch"), nb::arg("energy"), nb::arg("style"),
           nb::arg("noise0"), nb::arg("noise1"));
  module.def("open_vocoder", &open_vocoder, nb::keep_alive<0, 2>(), nb::arg("weights"), nb::arg("packed"),
             nb::arg("precision"), nb::arg("threads"), nb::arg("kernels"));
  module.def("convolve", &convolve, nb::arg("rows"), nb::arg("weights"), nb::arg("bias"), nb::arg("scale"),
             nb::arg("shift"), nb::arg("alpha"), nb::kw_only(), nb::arg("activation"), nb::arg("slope"),
             nb::arg("dilation"), nb::arg("padding"), nb::arg("m"), nb::arg("precision"), nb::arg("kernels"),
             nb::arg("threads"));
  module.def("transform_signal", &transform_signal, nb::arg("signal"), nb::arg("window"), nb::arg("hop"));
  module.def("list_kernels", [] {
    std::vector<std::string> names;
    for (const Kernels* kernels : usable_kernels()) names.push_back(kernels->name);
    return names;
  });
}
