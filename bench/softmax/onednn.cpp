// oneDNN: primitive and memory are made once, only the execution is timed.

#include <dnnl.hpp>

#include "driver/check.hpp"
#include "roster.hpp"

// Debian builds oneDNN over GCC's OpenMP. Declared here because clang's <omp.h> may be absent.
extern "C" void omp_set_num_threads(int);

namespace gibbs::bench {
namespace {

class OneDnnSoftmax {
 public:
  explicit OneDnnSoftmax(const Arena& arena)
      : engine_(dnnl::engine::kind::cpu, 0),
        stream_(engine_),
        format_({arena.shape.rows, arena.shape.cols}, dnnl::memory::data_type::f32,
                dnnl::memory::format_tag::ab),
        // oneDNN takes no pointer to const; it only reads its source.
        in_(format_, engine_, const_cast<float*>(arena.scores)),
        out_(format_, engine_, arena.out),
        softmax_({{dnnl::prop_kind::forward_inference, format_, 1}, engine_}) {}

  void run() {
    softmax_.execute(stream_, {{DNNL_ARG_SRC, in_}, {DNNL_ARG_DST, out_}});
    stream_.wait();
  }

 private:
  // Before all else: a primitive remembers how many threads there were when it was made.
  struct OneThread {
    OneThread() { omp_set_num_threads(1); }
  };
  OneThread one_thread_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  dnnl::memory::desc format_;
  dnnl::memory in_, out_;
  dnnl::softmax_forward softmax_;
};

}  // namespace

Contestant softmax_onednn(const Arena& arena) {
  // Its float sum drifts: 1e-4 at 4Mi columns.
  return {"softmax/onednn", [softmax = std::make_shared<OneDnnSoftmax>(arena)] { softmax->run(); },
          [=] { return softmax_error(arena, arena.out_rows()); }, 1e-3};
}

}  // namespace gibbs::bench
