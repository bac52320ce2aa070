// LinearClassifier and LinearRegressor: scores = x * coefficients^T + intercepts.
#include <algorithm>

#include "kernels/kernels.h"
#include "ops/ml_common.h"
#include "ops/operators.h"

namespace storewise::ops {
namespace {

struct Linear {
  Rows<float> x;
  std::span<const float> coefficients;  // [targets][columns]
  std::span<const float> intercepts;    // [targets], or none
  std::size_t targets = 0;

  Linear(Invocation& invocation, std::size_t target_count)
      : x(read_rows<float>(invocation, 0)),
        coefficients(invocation.floats_attribute("coefficients")),
        intercepts(invocation.floats_attribute("intercepts")),
        targets(target_count) {
    if (targets == 0 || targets > coefficients.size() ||
        coefficients.size() != targets * x.columns ||
        (!intercepts.empty() && intercepts.size() != targets)) {
      invocation.fail("% rows of % coefficients and as many intercepts|% and %", targets, x.columns,
                      coefficients.size(), intercepts.size());
    }
  }

  void scores(std::size_t row, float* out) const {
    for (std::size_t t = 0; t < targets; ++t) {
      out[t] = kernels::dot_f32(x.data + row * x.columns, coefficients.data() + t * x.columns,
                                x.columns) +
               (intercepts.empty() ? 0.0f : intercepts[t]);
    }
  }
};

}  // namespace

void linear_classifier(Invocation& invocation) {
  const Labels labels(invocation);
  const std::size_t given = invocation.floats_attribute("intercepts").size();
  const Linear linear(invocation, given > 0 ? given : labels.size());
  const Transform transform = transform_of(invocation);
  // One score for two classes: the second class's.
  const bool binary = linear.targets == 1 && labels.size() == 2;
  const std::size_t columns = binary ? 2 : linear.targets;
  const auto rows = static_cast<std::int64_t>(linear.x.rows);
  void* label = invocation.output(0, Shape{rows});
  float* out = invocation.wants_output(1)
                   ? invocation.output_as<float>(1, Shape{rows, static_cast<std::int64_t>(columns)})
                   : nullptr;
  if (out == nullptr) invocation.fail("both outputs|one");
  for (std::size_t r = 0; r < linear.x.rows; ++r, out += columns) {
    linear.scores(r, out);
    if (linear.targets == 1) {
      labels.write(label, r, out[0] > 0 ? 1 : 0);
    } else {
      labels.write(label, r, index_of_largest(out, columns));
    }
    if (binary) {
      apply_binary(transform, true, out[0], out);
    } else {
      apply(transform, columns, out);
    }
  }
}

void linear_regressor(Invocation& invocation) {
  const auto targets = invocation.attribute("targets", std::int64_t{1});
  const Linear linear(invocation, static_cast<std::size_t>(std::max(targets, std::int64_t{0})));
  const Transform transform = transform_of(invocation);
  float* out =
      invocation.output_as<float>(0, Shape{static_cast<std::int64_t>(linear.x.rows), targets});
  for (std::size_t r = 0; r < linear.x.rows; ++r, out += linear.targets) {
    linear.scores(r, out);
    apply(transform, linear.targets, out);
  }
}

}  // namespace storewise::ops
