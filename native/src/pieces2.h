  // Made by native/tools/toom.py: inputs, kernel and outputs of the algorithm for 3 outputs and 2 taps.
  static constexpr float kIn[4][4] = {
      {-0.5f, 0, 0.5f, 0},
      {0, 0.5f, 0.5f, 0},
      {0, -0.5f, 0.5f, 0},
      {0, -0.5f, 0, 0.5f},
  };
  static constexpr float kKernel[4][2] = {
      {-2, 0},
      {1, 1},
      {1, -1},
      {0, 2},
  };
  static constexpr float kOut[3][4] = {
      {1, 1, 1, 0},
      {0, 1, -1, 0},
      {0, 1, 1, 1},
  };
