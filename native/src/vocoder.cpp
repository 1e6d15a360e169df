#include "vocoder.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace vivavoce {
namespace {

constexpr int kStyle = 128;
constexpr float kEpsilon = 1e-5f;
constexpr float kNormLeak = 0.2f, kUpLeak = 0.1f, kLastLeak = 0.01f;
constexpr int kTextChannels = 512, kWide = 1024, kSide = 66, kUpChannels[2] = {256, 128};
constexpr int kUpRates[2] = {10, 6};
constexpr int kDilations[3] = {1, 3, 5};
constexpr int kHop = 5, kTrim = 10;
constexpr float kSynthesisGain = 4.0f;  // frame over hop
constexpr int kFramesATask = 480, kTransposedRows = 64;
constexpr size_t kMostKept = size_t(8) << 20;  // floats a signal, of 13 s of speech: longer ones are rare

const Tensor& find(const Tensors& tensors, const std::string& name) {
  const auto at = tensors.find(name);
  if (at == tensors.end()) throw std::invalid_argument("the weights hold no " + name);
  return at->second;
}

std::span<const float> values(const Tensor& tensor) {
  size_t count = 1;
  for (int size : tensor.shape) count *= size;
  return {tensor.data, count};
}

std::vector<float> copy(const Tensor& tensor) {
  const auto of = values(tensor);
  return {of.begin(), of.end()};
}

}  // namespace

Vocoder::Vocoder(const Source& source, Arithmetic arithmetic, const Kernels& kernels, int threads)
    : arithmetic_(arithmetic), engine_(kernels, threads) {
  for (const char* name : {"encode", "decode.0", "decode.1", "decode.2", "decode.3"})
    decoder_.push_back(read_decoder(source, name));
  text_ = read_weights(source, "asr_res.0", Arithmetic::kFloat, 1);
  for (int stage = 0; stage < 2; ++stage) {
    const std::string number = std::to_string(stage);
    noise_.push_back(read_residual(source, "generator.noise_res." + number));
    up_[stage] = read_raising(source, "generator.ups." + number, kUpRates[stage]);
  }
  for (int block = 0; block < 6; ++block)
    residual_.push_back(read_residual(source, "generator.resblocks." + std::to_string(block)));
  last_ = read_last(source, "generator.conv_post");
  basis_ = Buffer<float>(2 * kBins * kFramePadded);
  const Tensor& inverse = find(source.tensors, "generator.inverse_basis");
  for (int bin = 0; bin < 2 * kBins; ++bin)
    for (int s = 0; s < kFrame; ++s) basis_[bin * kFramePadded + s] = kSynthesisGain * inverse.data[bin * kFrame + s];
}

std::vector<std::pair<std::string, const Weights*>> Vocoder::list_weights() const {
  std::vector<std::pair<std::string, const Weights*>> all = {{"asr_res.0", &text_}, {"generator.conv_post", &last_}};
  for (size_t block = 0; block < decoder_.size(); ++block) {
    const std::string name = block == 0 ? "encode" : "decode." + std::to_string(block - 1);
    all.emplace_back(name + ".conv1", &decoder_[block].convolution1);
    all.emplace_back(name + ".conv2", &decoder_[block].convolution2);
    all.emplace_back(name + ".conv1x1", &decoder_[block].shortcut);
  }
  for (int stage = 0; stage < 2; ++stage) all.emplace_back("generator.ups." + std::to_string(stage), &up_[stage]);
  const auto add = [&](const std::string& name, const std::vector<ResidualBlock>& blocks) {
    for (size_t block = 0; block < blocks.size(); ++block)
      for (int i = 0; i < 3; ++i)
        for (int second = 0; second < 2; ++second)
          all.emplace_back("generator." + name + "." + std::to_string(block) + (second ? ".convs2." : ".convs1.") +
                               std::to_string(i),
                           &blocks[block].convolutions[i][second]);
  };
  add("noise_res", noise_);
  add("resblocks", residual_);
  return all;
}

// A transposed convolution with twice as many taps as its stride: each input row gives `stride` output rows side by
// side, from itself and from the row before it.
Weights Vocoder::read_raising(const Source& source, const std::string& name, int stride) {
  if (const auto at = source.packed.find(name); at != source.packed.end()) return Weights(at->second, arithmetic_, 1);
  const Tensor& of = find(source.tensors, name + ".weight");
  const Tensor& plain = find(source.tensors, name + ".bias");
  const int inputs = of.shape[0], outputs = of.shape[1];
  std::vector<float> turned(size_t(stride) * outputs * inputs * 2), bias(size_t(stride) * outputs);
  for (int phase = 0; phase < stride; ++phase)
    for (int o = 0; o < outputs; ++o) {
      bias[phase * outputs + o] = plain.data[o];
      for (int i = 0; i < inputs; ++i)
        for (int tap = 0; tap < 2; ++tap)
          turned[((size_t(phase) * outputs + o) * inputs + i) * 2 + tap] =
              of.data[(size_t(i) * outputs + o) * 2 * stride + phase + (1 - tap) * stride];
    }
  return Weights(turned, bias, stride * outputs, inputs, 2, arithmetic_, 1, 1.0f, engine_.pool);
}

// The last convolution: magnitudes fill one panel, phases the next.
Weights Vocoder::read_last(const Source& source, const std::string& name) {
  if (const auto at = source.packed.find(name); at != source.packed.end())
    return Weights(at->second, Arithmetic::kFloat, 4);
  const Tensor& of = find(source.tensors, name + ".weight");
  const Tensor& plain = find(source.tensors, name + ".bias");
  const size_t one = size_t(of.shape[1]) * of.shape[2];
  std::vector<float> spread(2 * kPanel * one), bias(2 * kPanel);
  for (int part = 0; part < 2; ++part)
    for (int bin = 0; bin < kBins; ++bin) {
      std::copy_n(of.data + (part * kBins + bin) * one, one, spread.data() + (part * kPanel + bin) * one);
      bias[part * kPanel + bin] = plain.data[part * kBins + bin];
    }
  return Weights(spread, bias, 2 * kPanel, of.shape[1], of.shape[2], Arithmetic::kFloat, 4, 1.0f, engine_.pool);
}

Vocoder::Norm Vocoder::read_norm(const Source& source, const std::string& name) {
  Norm norm{copy(find(source.tensors, name + ".fc.weight")), copy(find(source.tensors, name + ".fc.bias")), 0};
  norm.channels = static_cast<int>(norm.bias.size() / 2);
  if (norm.weight.size() != norm.bias.size() * kStyle) throw std::invalid_argument(name + " has another size than its bias");
  return norm;
}

Weights Vocoder::read_weights(const Source& source, const std::string& name, Arithmetic arithmetic, int m,
                              float factor) {
  if (const auto at = source.packed.find(name); at != source.packed.end()) return Weights(at->second, arithmetic, m);
  const Tensors& tensors = source.tensors;
  const Tensor& of = find(tensors, name + ".weight");
  if (of.shape.size() != 3) throw std::invalid_argument(name + ".weight is no convolution's");
  const auto bias = tensors.find(name + ".bias");
  const auto none = std::span<const float>();
  return Weights(values(of), bias == tensors.end() ? none : values(bias->second), of.shape[0], of.shape[1], of.shape[2],
                 arithmetic, m, factor, engine_.pool);
}

Vocoder::ResidualBlock Vocoder::read_residual(const Source& source, const std::string& name) {
  ResidualBlock block;
  const int m = arithmetic_ == Arithmetic::kBfloat16 ? 1 : 4;
  for (int i = 0; i < 3; ++i) {
    const std::string number = "." + std::to_string(i);
    block.first[i] = {read_norm(source, name + ".adain1" + number), copy(find(source.tensors, name + ".alpha1" + number))};
    block.second[i] = {read_norm(source, name + ".adain2" + number), copy(find(source.tensors, name + ".alpha2" + number))};
    block.convolutions[i][0] = read_weights(source, name + ".convs1" + number, arithmetic_, m);
    block.convolutions[i][1] = read_weights(source, name + ".convs2" + number, arithmetic_, m);
  }
  block.taps = block.convolutions[0][0].taps;
  return block;
}

Vocoder::DecoderBlock Vocoder::read_decoder(const Source& source, const std::string& name) {
  const float half = std::sqrt(0.5f);
  const int m = arithmetic_ == Arithmetic::kBfloat16 ? 1 : 4;
  DecoderBlock block{read_norm(source, name + ".norm1"),
                     read_norm(source, name + ".norm2"),
                     read_weights(source, name + ".conv1", arithmetic_, m),
                     read_weights(source, name + ".conv2", arithmetic_, m, half),
                     read_weights(source, name + ".conv1x1", arithmetic_, 1, half),
                     {},
                     {},
                     0};
  if (source.tensors.contains(name + ".pool.weight")) {
    block.pool_weight = copy(find(source.tensors, name + ".pool.weight"));
    block.pool_bias = copy(find(source.tensors, name + ".pool.bias"));
  }
  block.channels = block.convolution2.outputs;
  return block;
}

Preparation Vocoder::prepare(const Norm& norm, const Statistics& statistics, Activation kind) const {
  const int width = static_cast<int>(statistics.mean.size());
  Preparation preparation(width, kind);
  preparation.slope = kNormLeak;
  const int channels = norm.channels, both = 2 * channels;
  std::vector<double> sums(norm.bias.begin(), norm.bias.end());
  for (int c = 0; c < channels; ++c) sums[c] += 1.0;
  for (int s = 0; s < kStyle; ++s)
    for (int c = 0; c < both; ++c) sums[c] += static_cast<double>(style_[s]) * norm.weight[size_t(s) * both + c];
  for (int c = 0; c < width; ++c) {
    if (c >= channels) {
      preparation.scale[c] = 0;
      continue;
    }
    const double scale = sums[c] / std::sqrt(static_cast<double>(statistics.variance[c]) + kEpsilon);
    preparation.scale[c] = static_cast<float>(scale);
    preparation.shift[c] = static_cast<float>(sums[channels + c] - scale * statistics.mean[c]);
  }
  return preparation;
}

Preparation Vocoder::prepare_snake(const Snake& snake, const Statistics& statistics) const {
  Preparation preparation = prepare(snake.norm, statistics, Activation::kSnake);
  for (size_t c = 0; c < snake.alpha.size(); ++c) {
    preparation.alpha[c] = snake.alpha[c] * 0.318309886f;
    preparation.inverse[c] = 1.0f / snake.alpha[c];
  }
  preparation.find_peak(statistics);
  return preparation;
}

// One of the decoder's blocks; the result's rows are `stride` wide, the channels after its own are zeros.
Signal Vocoder::run_decoder(const DecoderBlock& block, const Signal& input, int stride) {
  const Statistics statistics = engine_.measure(input);
  Preparation plain(input.stride, Activation::kLinear);
  plain.find_peak(statistics);
  Signal shortcut(input.rows, block.channels);
  engine_.convolve(input, plain, block.shortcut, 1, 0, {shortcut.row(0), shortcut.stride, input.rows}, nullptr);

  Preparation first = prepare(block.first, statistics, Activation::kLeakyRelu);
  first.find_peak(statistics);
  const bool doubles = !block.pool_weight.empty();
  const int rows = input.rows * (doubles ? 2 : 1);
  Signal middle(rows, block.convolution1.outputs);
  Statistics of_middle;
  const Target to_middle{middle.row(0), middle.stride, rows};
  if (doubles) {
    Signal pooled(rows, block.first.channels), activated(input.rows + 1, block.first.channels);
    for (int row = 0; row < input.rows; ++row)
      for (int c = 0; c < block.first.channels; ++c) {
        const float value = input.row(row)[c] * first.scale[c] + first.shift[c];
        activated.row(row)[c] = std::max(value, value * kNormLeak);
      }
    for (int row = 0; row < input.rows; ++row)
      for (int c = 0; c < block.first.channels; ++c) {
        const float* w = block.pool_weight.data() + size_t(c) * 3;
        pooled.row(2 * row)[c] = activated.row(row)[c] * w[1] + block.pool_bias[c];
        pooled.row(2 * row + 1)[c] =
            activated.row(row)[c] * w[2] + activated.row(row + 1)[c] * w[0] + block.pool_bias[c];
      }
    Preparation linear(pooled.stride, Activation::kLinear);
    linear.find_peak(engine_.measure(pooled));
    engine_.convolve(pooled, linear, block.convolution1, 1, 1, to_middle, &of_middle);
    Signal repeated(rows, block.channels);
    for (int row = 0; row < rows; ++row) std::copy_n(shortcut.row(row / 2), shortcut.stride, repeated.row(row));
    shortcut = std::move(repeated);
  } else {
    engine_.convolve(input, first, block.convolution1, 1, 1, to_middle, &of_middle);
  }
  Preparation second = prepare(block.second, of_middle, Activation::kLeakyRelu);
  second.find_peak(of_middle);
  Signal result(rows, stride);
  // The shortcut has the result's rows only where the strides agree.
  if (shortcut.stride != result.stride) {
    Signal wide(rows, stride);
    for (int row = 0; row < rows; ++row) std::copy_n(shortcut.row(row), shortcut.stride, wide.row(row));
    shortcut = std::move(wide);
  }
  engine_.convolve(middle, second, block.convolution2, 1, 1,
                   {result.row(0), result.stride, rows, shortcut.row(0)}, nullptr);
  return result;
}

// output = [base +] block(input)
void Vocoder::run_residual(const ResidualBlock& block, const Signal& input, const Statistics& statistics,
                           const float* base, Workspace& workspace, Signal& output) {
  auto& [middle, running] = workspace;
  const Signal* from = &input;
  Statistics of_running = statistics, of_middle;
  for (int i = 0; i < 3; ++i) {
    const int padding = (block.taps - 1) / 2;
    engine_.convolve(*from, prepare_snake(block.first[i], of_running), block.convolutions[i][0], kDilations[i],
                     padding * kDilations[i], {middle.row(0), middle.stride, middle.rows}, &of_middle);
    const bool last = i == 2;
    Target target{last ? output.row(0) : running.row(0), input.stride, input.rows, from->row(0),
                  last ? base : nullptr};
    engine_.convolve(middle, prepare_snake(block.second[i], of_middle), block.convolutions[i][1], 1, padding, target,
                     last ? nullptr : &of_running);
    from = &running;
  }
}

// Channel-major [channels][rows] to a signal's rows.
void Vocoder::transpose_into(Signal& signal, const float* from, int channels) {
  engine_.pool.run((signal.rows + kTransposedRows - 1) / kTransposedRows, [&](int task, int) {
    const int first = task * kTransposedRows, last = std::min(signal.rows, first + kTransposedRows);
    for (int c = 0; c < channels; ++c)
      for (int row = first; row < last; ++row) signal.row(row)[c] = from[size_t(c) * signal.rows + row];
  });
}

std::vector<float> Vocoder::to_samples(const Signal& spectrum) {
  const int frames = spectrum.rows, tasks = (frames + kFramesATask - 1) / kFramesATask;
  Buffer<float> windows(size_t(frames) * kFramePadded);
  engine_.pool.run(tasks, [&](int task, int) {
    const int first = task * kFramesATask;
    engine_.kernels.synthesise_frames(spectrum.row(first), std::min(kFramesATask, frames - first), basis_.data(),
                                      windows.data() + size_t(first) * kFramePadded);
  });
  std::vector<float> all(size_t(frames - 1) * kHop + kFrame);
  for (int frame = 0; frame < frames; ++frame)
    for (int s = 0; s < kFrame; ++s) all[size_t(frame) * kHop + s] += windows[size_t(frame) * kFramePadded + s];
  // The graph divides its first 20 samples by a Hann window's square.
  for (int s = kTrim; s < kFrame; ++s) {
    const double half = 0.5 - 0.5 * std::cos(2 * 3.14159265358979323846 * s / kFrame);
    all[s] = static_cast<float>(all[s] / (half * half));
  }
  return {all.begin() + kTrim, all.end() - kTrim};
}

std::vector<float> Vocoder::render(const Features& features) {
  style_ = features.style;
  const int frames = features.frames;
  Signal text(frames, kTextChannels);
  transpose_into(text, features.text, kTextChannels);
  Signal side(frames, kSide - 2);
  engine_.convolve(text, Preparation(text.stride, Activation::kLinear), text_, 1, 0,
                   {side.row(0), side.stride, frames}, nullptr);
  Signal state(frames, kTextChannels + 2);
  for (int row = 0; row < frames; ++row) {
    std::copy_n(text.row(row), kTextChannels, state.row(row));
    state.row(row)[kTextChannels] = features.pitch[row];
    state.row(row)[kTextChannels + 1] = features.energy[row];
  }
  for (size_t block = 0; block < decoder_.size(); ++block) {
    const bool last = block + 1 == decoder_.size();
    state = run_decoder(decoder_[block], state, last ? decoder_[block].channels : kWide + kSide);
    for (int row = 0; row < frames && !last; ++row) {
      std::copy_n(side.row(row), kSide - 2, state.row(row) + kWide);
      state.row(row)[kWide + kSide - 2] = features.pitch[row];
      state.row(row)[kWide + kSide - 1] = features.energy[row];
    }
  }
  float third = 1.0f;  // each stage's mean of three blocks is taken by the next layer
  for (int stage = 0; stage < 2; ++stage) {
    const int rate = kUpRates[stage], channels = kUpChannels[stage], rows = state.rows * rate + stage;
    Preparation leaky(state.stride, Activation::kLeakyRelu);
    leaky.slope = kUpLeak;
    for (int c = 0; c < state.stride; ++c) leaky.scale[c] = third;
    leaky.find_peak(engine_.measure(state));
    third = 1.0f / 3;

    // One row more than there are inputs, of which half a stride is cut at both ends. The second stage reflects one
    // row at its beginning.
    Signal raised((state.rows + 1) * rate, channels, kept_[0]);
    engine_.convolve(state, leaky, up_[stage], 1, 1, {raised.row(0), rate * channels, state.rows + 1}, nullptr);
    Signal noise(rows, channels, kept_[1]), mixed(rows, channels, kept_[2]);
    transpose_into(noise, stage == 0 ? features.noise0 : features.noise1, channels);
    std::copy_n(raised.row(rate / 2), size_t(rows - stage) * channels, mixed.row(stage));
    if (stage == 1) std::copy_n(mixed.row(2), channels, mixed.row(0));
    // From here on the memory of what was raised is free, and soon that of the noise.
    Workspace workspace{Signal(rows, channels, kept_[0]), Signal(rows, channels, kept_[3])};
    run_residual(noise_[stage], noise, engine_.measure(noise), mixed.row(0), workspace, mixed);
    const Statistics statistics = engine_.measure(mixed);
    Signal sum(rows, channels, kept_[1]);
    for (int block = 0; block < 3; ++block)
      run_residual(residual_[3 * stage + block], mixed, statistics, block == 0 ? nullptr : sum.row(0), workspace, sum);
    state = std::move(sum);
  }
  Preparation leaky(state.stride, Activation::kLeakyRelu);
  leaky.slope = kLastLeak;
  for (int c = 0; c < state.stride; ++c) leaky.scale[c] = third;
  Signal spectrum(state.rows, 2 * kPanel, kept_[0]);
  engine_.convolve(state, leaky, last_, 1, 3, {spectrum.row(0), spectrum.stride, spectrum.rows}, nullptr);
  std::vector<float> samples = to_samples(spectrum);
  for (auto& kept : kept_)
    if (kept.size() > kMostKept) kept = Buffer<float>();
  return samples;
}

}  // namespace vivavoce
