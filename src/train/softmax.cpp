#include "train/softmax.h"

#include <algorithm>
#include <cmath>

#include "train/math.h"
#include "train/quantise.h"

namespace storewise::train {
namespace {

constexpr double kUsualTexts = 3.0;         // of the usual mixture, added to a feature's own
constexpr double kUnknownDivergence = 2.0;  // of a feature that never occurred

// Gradients below this change nothing that int8 could show.
constexpr float kLeastGradient = 1e-3f;

}  // namespace

void set_importance(const Examples& examples, std::span<const std::uint32_t> rows,
                    LinearModel& model) {
  const std::uint32_t classes = model.classes;
  std::vector<std::uint32_t> documents(model.buckets, 0);
  std::vector<double> share(classes, 0.0);  // of each class among the examples in scope
  // (bucket, class) of every feature of the examples in scope.
  std::vector<std::uint64_t> pairs;
  double in_scope = 0.0;
  for (const std::uint32_t e : rows) {
    const std::int32_t label = examples.labels[e];
    if (label >= 0) {
      share[label] += 1.0;
      in_scope += 1.0;
    }
    for (const text::Feature& f : examples.row(e)) {
      ++documents[f.id];
      if (label >= 0)
        pairs.push_back(std::uint64_t{f.id} << 32 | static_cast<std::uint32_t>(label));
    }
  }
  if (in_scope > 0) {
    for (double& s : share) s /= in_scope;
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<float> importance(model.buckets);
  const double n = static_cast<double>(rows.size());
  std::size_t next = 0;
  for (std::uint32_t b = 0; b < model.buckets; ++b) {
    const std::size_t begin = next;
    while (next < pairs.size() && pairs[next] >> 32 == b) ++next;
    double told = documents[b] == 0 ? kUnknownDivergence : 0.0;
    if (next > begin) {
      const double total = static_cast<double>(next - begin) + kUsualTexts;
      double rest = 1.0;  // share of the classes that never have it
      for (std::size_t p = begin; p < next;) {
        const std::size_t first = p;
        while (p < next && pairs[p] == pairs[first]) ++p;
        const double usual = share[static_cast<std::uint32_t>(pairs[first])];
        const double now = (static_cast<double>(p - first) + kUsualTexts * usual) / total;
        told += now * log(now / usual);
        rest -= usual;
      }
      if (rest > 1e-9) told += rest * (kUsualTexts / total) * log(kUsualTexts / total);
    }
    const double idf = log((n + 1.0) / (documents[b] + 1.0)) + 1.0;
    importance[b] = static_cast<float>(std::sqrt(idf) * (0.5 + std::max(0.0, told)));
  }
  model.importance.assign(model.buckets, 0);
  model.importance_scale = quantise(importance, model.importance);
}

void normalised_values(const LinearModel& model, std::span<const text::Feature> row,
                       std::vector<float>& values) {
  values.resize(row.size());
  float squares = 0.0f;
  for (std::size_t f = 0; f < row.size(); ++f) {
    values[f] = row[f].weight * (model.importance_scale * model.importance[row[f].id]);
    squares += values[f] * values[f];
  }
  const float scale = squares > 0 ? 1.0f / std::sqrt(squares) : 0.0f;
  for (float& v : values) v *= scale;
}

void logits(const LinearModel& model, std::span<const text::Feature> row,
            std::vector<float>& scratch, std::span<float> out) {
  normalised_values(model, row, scratch);
  std::copy(model.bias.begin(), model.bias.end(), out.begin());
  for (std::size_t f = 0; f < row.size(); ++f) {
    const float* weights = model.weights.data() + std::size_t{row[f].id} * model.classes;
    const float value = scratch[f];
    for (std::uint32_t c = 0; c < model.classes; ++c) out[c] += value * weights[c];
  }
}

void softmax(std::span<float> values, double inverse_temperature) {
  if (values.empty()) return;
  const float largest = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (float& v : values) {
    const double e = exp(inverse_temperature * (static_cast<double>(v) - largest));
    v = static_cast<float>(e);
    sum += e;
  }
  const auto scale = static_cast<float>(1.0 / sum);
  for (float& v : values) v *= scale;
}

void train_softmax(const Examples& examples, std::span<const std::uint32_t> rows,
                   const SoftmaxSettings& settings, LinearModel& model) {
  const std::uint32_t classes = model.classes;
  const std::size_t size = std::size_t{model.buckets} * classes;
  model.weights.assign(size, 0.0f);
  model.bias.assign(classes, 0.0f);
  std::vector<float> squares(size, 1e-3f);
  std::vector<float> bias_squares(classes, 1e-3f);
  std::vector<float> gradient(classes);
  std::vector<float> values;
  std::vector<std::uint32_t> active;
  std::vector<text::Feature> kept;
  std::vector<std::uint32_t> order(rows.begin(), rows.end());
  std::vector<std::uint32_t> strangers;
  for (const std::uint32_t e : rows) {
    if (examples.labels[e] < 0) strangers.push_back(e);
  }
  for (std::uint32_t visit = 1; visit < settings.stranger_visits; ++visit) {
    if (strangers.size() * (visit + 1) * 10 > rows.size()) break;
    order.insert(order.end(), strangers.begin(), strangers.end());
  }
  Random random(settings.seed);
  const double steps = static_cast<double>(settings.epochs) * static_cast<double>(order.size());
  double step = 0.0;
  const auto spread = static_cast<float>(settings.smoothing / classes);
  for (std::uint32_t epoch = 0; epoch < settings.epochs; ++epoch) {
    shuffle(order, random);
    for (const std::uint32_t e : order) {
      const auto rate = static_cast<float>(settings.rate * (1.0 - step / steps));
      step += 1.0;
      std::span<const text::Feature> row = examples.row(e);
      if (settings.dropout > 0) {
        kept.clear();
        for (const text::Feature& f : row) {
          if (random.uniform() >= settings.dropout) kept.push_back(f);
        }
        row = kept;
      }
      logits(model, row, values, gradient);
      softmax(gradient, 1.0);
      const std::int32_t label = examples.labels[e];
      active.clear();
      for (std::uint32_t c = 0; c < classes; ++c) {
        const bool own = static_cast<std::int32_t>(c) == label;
        float target = own ? 1.0f - static_cast<float>(settings.smoothing) + spread : spread;
        if (label < 0) target = 1.0f / static_cast<float>(classes);
        gradient[c] -= target;
        if (std::fabs(gradient[c]) > kLeastGradient) active.push_back(c);
      }
      for (std::size_t f = 0; f < row.size(); ++f) {
        const std::size_t base = std::size_t{row[f].id} * classes;
        const float value = values[f];
        for (const std::uint32_t c : active) {
          const float g = gradient[c] * value;
          float& square = squares[base + c];
          square += g * g;
          model.weights[base + c] -= rate * g / std::sqrt(square);
        }
      }
      for (const std::uint32_t c : active) {
        bias_squares[c] += gradient[c] * gradient[c];
        model.bias[c] -= rate * gradient[c] / std::sqrt(bias_squares[c]);
      }
    }
  }
}

}  // namespace storewise::train
