// Kokoro's decoder: from aligned text features, pitch and energy to samples at 24 kHz.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "layers.h"

namespace vivavoce {

struct Tensor {
  const float* data;
  std::vector<int> shape;
};
typedef std::map<std::string, Tensor> Tensors;

// Weights by their names, and those convolutions that were packed before.
struct Source {
  Tensors tensors;
  std::map<std::string, Packed> packed;
};

// What the graph before the decoder gives; all channel-major, as in the graph.
struct Features {
  const float* text;    // [512][frames]
  const float* pitch;   // [frames]
  const float* energy;  // [frames]
  const float* style;   // [128]
  const float* noise0;  // [256][frames * 20]: the harmonic source, convolved for each stage
  const float* noise1;  // [128][frames * 120 + 1]
  int frames;
};

class Vocoder {
 public:
  // Packs what is not packed yet; `source.tensors` is not needed afterwards, what `source.packed` points to is.
  Vocoder(const Source& source, Arithmetic arithmetic, const Kernels& kernels, int threads);

  // The convolutions by their names.
  std::vector<std::pair<std::string, const Weights*>> list_weights() const;

  // 600 samples a frame.
  std::vector<float> render(const Features& features);

 private:
  struct Norm {
    std::vector<float> weight, bias;  // [128][2 * channels]: scale - 1 and shift from the style
    int channels;
  };
  struct Snake {
    Norm norm;
    std::vector<float> alpha;
  };
  struct ResidualBlock {
    Snake first[3], second[3];
    Weights convolutions[3][2];
    int taps;
  };
  // Signals between the layers of residual blocks.
  struct Workspace {
    Signal middle, running;
  };
  struct DecoderBlock {
    Norm first, second;
    Weights convolution1, convolution2, shortcut;
    std::vector<float> pool_weight, pool_bias;  // of the last block, which doubles the rate
    int channels;
  };

  Norm read_norm(const Source& source, const std::string& name);
  Weights read_weights(const Source& source, const std::string& name, Arithmetic arithmetic, int m, float factor = 1);
  Weights read_raising(const Source& source, const std::string& name, int stride);
  Weights read_last(const Source& source, const std::string& name);
  ResidualBlock read_residual(const Source& source, const std::string& name);
  DecoderBlock read_decoder(const Source& source, const std::string& name);

  Preparation prepare(const Norm& norm, const Statistics& statistics, Activation kind) const;
  Preparation prepare_snake(const Snake& snake, const Statistics& statistics) const;
  Signal run_decoder(const DecoderBlock& block, const Signal& input, int stride);
  void run_residual(const ResidualBlock& block, const Signal& input, const Statistics& statistics, const float* base,
                    Workspace& workspace, Signal& output);
  std::vector<float> to_samples(const Signal& spectrum);
  void transpose_into(Signal& signal, const float* from, int channels);

  Arithmetic arithmetic_;
  Engine engine_;
  const float* style_ = nullptr;
  std::vector<DecoderBlock> decoder_;
  std::vector<ResidualBlock> noise_, residual_;
  Weights text_, up_[2], last_;
  Buffer<float> basis_;
  // What the stages' signals lie in, from one rendering to the next: the system would clear new memory each time.
  Buffer<float> kept_[4];
};

}  // namespace vivavoce
