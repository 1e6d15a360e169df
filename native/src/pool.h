// Threads that share out numbered tasks. Which thread does a task never changes its result.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vivavoce {

class Pool {
 public:
  explicit Pool(int threads) {
    for (int worker = 1; worker < threads; ++worker) others_.emplace_back([this, worker] { serve(worker); });
  }

  ~Pool() {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
    }
    begin_.notify_all();
    for (auto& thread : others_) thread.join();
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int size() const { return static_cast<int>(others_.size()) + 1; }

  // Calls task(number, worker) for every number below `count`; returns when all are done.
  void run(int count, const std::function<void(int, int)>& task) {
    if (others_.empty() || count < 2) {
      for (int number = 0; number < count; ++number) task(number, 0);
      return;
    }
    {
      std::lock_guard lock(mutex_);
      task_ = &task;
      count_ = count;
      next_ = 0;
      busy_ = static_cast<int>(others_.size());
      ++round_;
    }
    begin_.notify_all();
    work(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  void work(int worker) {
    for (int number = next_++; number < count_; number = next_++) (*task_)(number, worker);
  }

  void serve(int worker) {
    unsigned long seen = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        begin_.wait(lock, [&] { return closing_ || round_ != seen; });
        if (closing_) return;
        seen = round_;
      }
      work(worker);
      std::lock_guard lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::vector<std::thread> others_;
  std::mutex mutex_;
  std::condition_variable begin_, done_;
  const std::function<void(int, int)>* task_ = nullptr;
  std::atomic<int> next_{0};
  int count_ = 0;
  int busy_ = 0;
  unsigned long round_ = 0;
  bool closing_ = false;
};

}  // namespace vivavoce
