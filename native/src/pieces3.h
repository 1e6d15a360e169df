  // Made by native/tools/toom.py: inputs, kernel and outputs of the algorithm for 4 outputs and 3 taps.
  static constexpr float kIn[6][6] = {
      {0.4f, 0, -0.5f, 0, 0.1f, 0},
      {0, -0.4f, -0.4f, 0.1f, 0.1f, 0},
      {0, 0.4f, -0.4f, -0.1f, 0.1f, 0},
      {0, -0.333333333f, -0.166666667f, 0.333333333f, 0.166666667f, 0},
      {0, 0.333333333f, -0.166666667f, -0.333333333f, 0.166666667f, 0},
      {0, 0.4f, 0, -0.5f, 0, 0.1f},
  };
  static constexpr float kKernel[6][3] = {
      {2.5f, 0, 0},
      {-1.66666667f, -1.66666667f, -1.66666667f},
      {-1.66666667f, 1.66666667f, -1.66666667f},
      {0.25f, 0.5f, 1},
      {0.25f, -0.5f, 1},
      {0, 0, 10},
  };
  static constexpr float kOut[4][6] = {
      {1, 1, 1, 1, 1, 0},
      {0, 1, -1, 2, -2, 0},
      {0, 1, 1, 4, 4, 0},
      {0, 1, -1, 8, -8, 1},
  };
