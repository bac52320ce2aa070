#include "train/network/layers.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/kernels.h"
#include "train/network/products.h"

namespace storewise::train::network {
namespace {

double glorot(std::size_t inputs, std::size_t outputs) {
  return std::sqrt(6.0 / static_cast<double>(inputs + outputs));
}
double he(std::size_t inputs) { return std::sqrt(6.0 / static_cast<double>(inputs)); }

void take_shape(const Signal& of, Signal& signal) {
  signal.reset(of.rows, of.height, of.width, of.channels);
}

void rectify(std::vector<float>& values) {
  for (float& value : values) value = value > 0.0f ? value : 0.0f;
}
// The gradient before `rectify`, of which `out` came.
void rectify_back(const std::vector<float>& out, std::vector<float>& gradient) {
  for (std::size_t i = 0; i < out.size(); ++i) gradient[i] = out[i] > 0.0f ? gradient[i] : 0.0f;
}

// Every line of every window of kernel_height x kernel_width (Convolution) that lies in a picture
// of height x width, if only in part; that part is in one piece in both. visit(window, picture,
// count): where it begins among the places of all windows and among those of the picture, and how
// many it has.
template <typename Visit>
void for_each_line(std::size_t height, std::size_t width, std::size_t kernel_height,
                   std::size_t kernel_width, Visit&& visit) {
  const std::size_t up = kernel_height / 2;
  const std::size_t left = kernel_width / 2;
  std::size_t window = 0;
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t first = x < left ? left - x : 0;
      const std::size_t last = std::min(kernel_width, width + left - x);
      for (std::size_t ky = 0; ky < kernel_height; ++ky, window += kernel_width) {
        if (y + ky < up || y + ky >= height + up) continue;
        visit(window + first, (y + ky - up) * width + x + first - left, last - first);
      }
    }
  }
}

// The way back of pooling: an output's gradient is that of the input that it was taken from,
// from[output] of its row.
void give_back(const Signal& in, const Signal& out, const std::vector<std::uint32_t>& from,
               const Signal& out_gradient, Signal* in_gradient) {
  if (in_gradient == nullptr) return;
  take_shape(in, *in_gradient);
  for (std::size_t at = 0; at < from.size(); ++at) {
    in_gradient->values[at / out.each() * in.each() + from[at]] += out_gradient.values[at];
  }
}

void put_rows(const std::vector<float>& row, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(out + i * row.size(), row.data(), row.size() * sizeof(float));
  }
}

}  // namespace

void fill_uniform(std::span<float> values, double bound, Random& random) {
  for (float& value : values) value = static_cast<float>((2.0 * random.uniform() - 1.0) * bound);
}

void Signal::reset(std::size_t new_rows, std::size_t new_height, std::size_t new_width,
                   std::size_t new_channels) {
  rows = new_rows;
  height = new_height;
  width = new_width;
  channels = new_channels;
  values.assign(rows * each(), 0.0f);
}

// ---- Dense

Dense::Dense(std::size_t height, std::size_t width, std::size_t channels, std::size_t outputs,
             bool relu, Random& random)
    : height_(height),
      width_(width),
      channels_(channels),
      inputs_(height * width * channels),
      outputs_(outputs),
      relu_(relu),
      weights_("weights", inputs_ * outputs, outputs),
      bias_("bias", outputs) {
  fill_uniform(weights_.values, relu ? he(inputs_) : glorot(inputs_, outputs), random);
}

void Dense::forward(const Signal& in, const Pass&, Signal& out) {
  out.reset(in.rows, 1, 1, outputs_);
  put_rows(bias_.values, in.rows, out.values.data());
  multiply(in.values.data(), weights_.values.data(), in.rows, inputs_, outputs_, out.values.data());
  if (relu_) rectify(out.values);
}

void Dense::backward(const Signal& in, const Pass&, const Signal& out, Signal& out_gradient,
                     Signal* in_gradient) {
  if (relu_) rectify_back(out.values, out_gradient.values);
  const float* gradient = out_gradient.values.data();
  multiply_transposed(in.values.data(), gradient, in.rows, inputs_, outputs_, scratch_,
                      weights_.gradient.data());
  add_rows(gradient, in.rows, outputs_, bias_.gradient.data());
  if (in_gradient == nullptr) return;
  take_shape(in, *in_gradient);
  scratch_.resize(std::max(scratch_.size(), inputs_ * outputs_));
  transpose(weights_.values.data(), inputs_, outputs_, scratch_.data());
  multiply(gradient, scratch_.data(), in.rows, outputs_, inputs_, in_gradient->values.data());
}

void Dense::rescale(double factor, double shift) {
  for (float& weight : weights_.values) weight = static_cast<float>(weight * factor);
  for (float& bias : bias_.values) bias = static_cast<float>(bias * factor + shift);
}

// ---- Dropout

void Dropout::forward(const Signal& in, const Pass& pass, Signal& out) {
  out = in;
  if (!pass.training || share_ <= 0.0f) return;
  const float up = 1.0f / (1.0f - share_);
  kept_.resize(in.values.size());
  for (float& kept : kept_) kept = pass.random->uniform() < share_ ? 0.0f : up;
  kernels::multiply_f32(kept_.data(), kept_.size(), out.values.data());
}

void Dropout::backward(const Signal&, const Pass& pass, const Signal&, Signal& out_gradient,
                       Signal* in_gradient) {
  if (in_gradient == nullptr) return;
  *in_gradient = out_gradient;
  if (!pass.training || share_ <= 0.0f) return;
  kernels::multiply_f32(kept_.data(), kept_.size(), in_gradient->values.data());
}

// ---- Embedding

Embedding::Embedding(std::size_t words, std::size_t size, Random& random)
    : words_(words), size_(size), vectors_("vectors", words * size, words) {
  vectors_.inner = size;
  fill_uniform(std::span(vectors_.values).subspan(size), 0.05, random);
}

void Embedding::forward(const Signal&, const Pass& pass, Signal& out) {
  out.reset(pass.lengths.size(), pass.steps(), 1, size_);
  for (std::size_t i = 0; i < pass.words.size(); ++i) {
    std::memcpy(out.values.data() + i * size_,
                vectors_.values.data() + static_cast<std::size_t>(pass.words[i]) * size_,
                size_ * sizeof(float));
  }
}

void Embedding::backward(const Signal&, const Pass& pass, const Signal&, Signal& out_gradient,
                         Signal*) {
  for (std::size_t i = 0; i < pass.words.size(); ++i) {
    if (pass.words[i] == 0) continue;
    kernels::axpy_f32(1.0f, out_gradient.values.data() + i * size_, size_,
                      vectors_.gradient.data() + static_cast<std::size_t>(pass.words[i]) * size_);
  }
}

// ---- Convolution

Convolution::Convolution(std::size_t kernel_height, std::size_t kernel_width, std::size_t channels,
                         std::size_t filters, bool of_text, Random& random)
    : kernel_height_(kernel_height),
      kernel_width_(kernel_width),
      channels_(channels),
      filters_(filters),
      of_text_(of_text),
      weights_("weights", kernel_height * kernel_width * channels * filters, filters),
      bias_("bias", filters) {
  fill_uniform(weights_.values, he(kernel_height * kernel_width * channels), random);
}

void Convolution::unfold(const Signal& in, std::size_t row) {
  const float* values = in.values.data() + row * in.each();
  windows_.assign(in.height * in.width * kernel_height_ * kernel_width_ * channels_, 0.0f);
  for_each_line(in.height, in.width, kernel_height_, kernel_width_,
                [&](std::size_t window, std::size_t picture, std::size_t count) {
                  std::memcpy(windows_.data() + window * channels_, values + picture * channels_,
                              count * channels_ * sizeof(float));
                });
}

void Convolution::fold(Signal& in_gradient, std::size_t row) const {
  float* values = in_gradient.values.data() + row * in_gradient.each();
  for_each_line(in_gradient.height, in_gradient.width, kernel_height_, kernel_width_,
                [&](std::size_t window, std::size_t picture, std::size_t count) {
                  kernels::axpy_f32(1.0f, windows_.data() + window * channels_, count * channels_,
                                    values + picture * channels_);
                });
}

void Convolution::forward(const Signal& in, const Pass&, Signal& out) {
  out.reset(in.rows, in.height, in.width, filters_);
  const std::size_t places = in.height * in.width;
  put_rows(bias_.values, in.rows * places, out.values.data());
  for (std::size_t row = 0; row < in.rows; ++row) {
    unfold(in, row);
    multiply(windows_.data(), weights_.values.data(), places,
             kernel_height_ * kernel_width_ * channels_, filters_,
             out.values.data() + row * out.each());
  }
  rectify(out.values);
}

void Convolution::backward(const Signal& in, const Pass&, const Signal& out, Signal& out_gradient,
                           Signal* in_gradient) {
  rectify_back(out.values, out_gradient.values);
  const std::size_t places = in.height * in.width;
  const std::size_t depth = kernel_height_ * kernel_width_ * channels_;
  add_rows(out_gradient.values.data(), in.rows * places, filters_, bias_.gradient.data());
  std::vector<float> turned;
  if (in_gradient != nullptr) {
    take_shape(in, *in_gradient);
    turned.resize(depth * filters_);
    transpose(weights_.values.data(), depth, filters_, turned.data());
  }
  for (std::size_t row = 0; row < in.rows; ++row) {
    const float* gradient = out_gradient.values.data() + row * out.each();
    unfold(in, row);
    multiply_transposed(windows_.data(), gradient, places, depth, filters_, scratch_,
                        weights_.gradient.data());
    if (in_gradient == nullptr) continue;
    windows_.assign(places * depth, 0.0f);
    multiply(gradient, turned.data(), places, filters_, depth, windows_.data());
    fold(*in_gradient, row);
  }
}

// ---- pooling

void MaxPool::forward(const Signal& in, const Pass&, Signal& out) {
  out.reset(in.rows, in.height / high_, in.width / wide_, in.channels);
  from_.resize(out.values.size());
  std::size_t at = 0;
  for (std::size_t row = 0; row < in.rows; ++row) {
    const float* values = in.values.data() + row * in.each();
    for (std::size_t y = 0; y < out.height; ++y) {
      for (std::size_t x = 0; x < out.width; ++x) {
        for (std::size_t c = 0; c < in.channels; ++c, ++at) {
          std::size_t best = (y * high_ * in.width + x * wide_) * in.channels + c;
          for (std::size_t i = 0; i < high_ * wide_; ++i) {
            const std::size_t place =
                ((y * high_ + i / wide_) * in.width + x * wide_ + i % wide_) * in.channels + c;
            if (values[place] > values[best]) best = place;
          }
          from_[at] = static_cast<std::uint32_t>(best);
          out.values[at] = values[best];
        }
      }
    }
  }
}

void MaxPool::backward(const Signal& in, const Pass&, const Signal& out, Signal& out_gradient,
                       Signal* in_gradient) {
  give_back(in, out, from_, out_gradient, in_gradient);
}

void MaxOverWords::forward(const Signal& in, const Pass& pass, Signal& out) {
  out.reset(in.rows, 1, 1, in.channels);
  from_.resize(out.values.size());
  for (std::size_t row = 0; row < in.rows; ++row) {
    const float* values = in.values.data() + row * in.each();
    for (std::size_t c = 0; c < in.channels; ++c) {
      std::size_t best = c;
      for (std::size_t t = 1; t < static_cast<std::size_t>(pass.lengths[row]); ++t) {
        if (values[t * in.channels + c] > values[best]) best = t * in.channels + c;
      }
      from_[row * in.channels + c] = static_cast<std::uint32_t>(best);
      out.values[row * in.channels + c] = values[best];
    }
  }
}

void MaxOverWords::backward(const Signal& in, const Pass&, const Signal& out, Signal& out_gradient,
                            Signal* in_gradient) {
  give_back(in, out, from_, out_gradient, in_gradient);
}

}  // namespace storewise::train::network
