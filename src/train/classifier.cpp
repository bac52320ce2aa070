#include "train/classifier.h"

#include <algorithm>
#include <limits>
#include <map>

#include "support/error.h"
#include "train/calibrate.h"
#include "train/classifier_model.h"
#include "train/math.h"

namespace storewise::train {
namespace {

// At most this many examples are predicted by five models that did not see them; above it, one
// seventh held out is plenty.
constexpr std::size_t kFoldExamples = 6000;
constexpr std::uint32_t kFolds = 5;
constexpr std::uint32_t kHoldoutFolds = 7;

// The usable part of the input: classes renumbered without the empty ones.
struct Corpus {
  Examples examples;
  std::vector<std::string> labels;         // of the classes kept
  std::vector<std::string> unused_labels;  // without a usable text
  std::size_t without_features = 0;        // texts left out
};

std::uint32_t choose_buckets(std::size_t distinct_features, std::size_t classes) {
  // A power of two near the number of distinct features, as long as the weights stay below
  // 1.5 MB for few classes and 2.5 MB for many.
  const std::size_t most_bytes = classes > 100 ? 2500000 : 1500000;
  std::uint32_t buckets = 2048;
  while (buckets < 32768 && buckets < distinct_features &&
         std::size_t{buckets} * 2 * classes <= most_bytes) {
    buckets *= 2;
  }
  return buckets;
}

Examples extract(std::span<const std::string_view> texts, std::span<const std::int32_t> labels,
                 const text::FeatureSettings& settings) {
  text::FeatureExtractor extractor(settings);
  Examples examples;
  std::vector<text::Feature> features;
  for (std::size_t e = 0; e < texts.size(); ++e) {
    extractor.extract(texts[e], features);
    examples.features.insert(examples.features.end(), features.begin(), features.end());
    examples.starts.push_back(static_cast<std::uint32_t>(examples.features.size()));
    examples.labels.push_back(labels[e]);
  }
  return examples;
}

// Distinct features before hashing collides them, measured with many buckets.
std::size_t distinct_features(const Examples& examples, std::uint32_t buckets) {
  std::vector<bool> seen(buckets, false);
  std::size_t distinct = 0;
  for (const text::Feature& f : examples.features) {
    if (seen[f.id]) continue;
    seen[f.id] = true;
    ++distinct;
  }
  return distinct;
}

// A fold for each example, 0 .. folds-1: every class is dealt out evenly, in random order. When
// fold 0 alone will be predicted (`only_first`), it gets half of the examples out of scope: they
// are few, and the threshold needs them.
std::vector<std::uint32_t> deal_folds(const Examples& examples, std::size_t classes,
                                      std::uint32_t folds, bool only_first, std::uint64_t seed) {
  std::vector<std::vector<std::uint32_t>> members(classes + 1);
  for (std::uint32_t e = 0; e < examples.size(); ++e) {
    // The label -1, out of scope, goes first.
    members[static_cast<std::size_t>(examples.labels[e]) + 1].push_back(e);
  }
  std::vector<std::uint32_t> fold(examples.size(), 0);
  Random random(seed);
  std::uint32_t next = 0;  // carries on over classes, so that small ones do not all start at 0
  for (std::size_t m = 0; m < members.size(); ++m) {
    const std::uint32_t dealt = m == 0 && only_first ? 2 : folds;
    shuffle(members[m], random);
    for (const std::uint32_t e : members[m]) fold[e] = next++ % dealt;
  }
  return fold;
}

LinearModel fit(const Examples& examples, std::span<const std::uint32_t> rows,
                std::uint32_t buckets, std::uint32_t classes, const SoftmaxSettings& settings) {
  LinearModel model;
  model.buckets = buckets;
  model.classes = classes;
  set_importance(examples, rows, model);
  train_softmax(examples, rows, settings, model);
  return model;
}

void predict(const LinearModel& model, const Examples& examples,
             std::span<const std::uint32_t> rows, Predictions& predictions) {
  predictions.classes = model.classes;
  std::vector<float> scratch;
  std::vector<float> row(model.classes);
  for (const std::uint32_t e : rows) {
    logits(model, examples.row(e), scratch, row);
    predictions.logits.insert(predictions.logits.end(), row.begin(), row.end());
    predictions.labels.push_back(examples.labels[e]);
  }
}

// Predictions of examples by models that did not see them, in float and after int8.
struct Unseen {
  Predictions float_predictions;
  Predictions predictions;
};

Unseen predict_unseen(const Examples& examples, std::uint32_t buckets, std::uint32_t classes,
                      const SoftmaxSettings& settings, std::uint32_t folds, std::uint32_t runs,
                      std::uint64_t seed, const Progress& progress) {
  const std::vector<std::uint32_t> fold = deal_folds(examples, classes, folds, runs == 1, seed);
  Unseen unseen;
  for (std::uint32_t run = 0; run < runs; ++run) {
    progress("validating", run, runs);
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> left_out;
    for (std::uint32_t e = 0; e < examples.size(); ++e) {
      (fold[e] == run ? left_out : rows).push_back(e);
    }
    const LinearModel model = fit(examples, rows, buckets, classes, settings);
    predict(model, examples, left_out, unseen.float_predictions);
    predict(dequantise_classifier(quantise_classifier(model)), examples, left_out,
            unseen.predictions);
  }
  progress("validating", runs, runs);
  return unseen;
}

Json confusions(std::span<const Verdict> all, const std::vector<std::string>& labels) {
  std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> counts;
  for (const Verdict& v : all) {
    if (v.label >= 0 && v.label != v.predicted) ++counts[{v.label, v.predicted}];
  }
  std::vector<std::pair<std::size_t, std::pair<std::int32_t, std::int32_t>>> sorted;
  sorted.reserve(counts.size());
  for (const auto& [pair, count] : counts) sorted.push_back({count, pair});
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  constexpr std::size_t kMost = 50;
  if (sorted.size() > kMost) sorted.resize(kMost);
  Json result = Json::array();
  for (const auto& [count, pair] : sorted) {
    result.push_back(
        {{"label", labels[pair.first]}, {"predicted", labels[pair.second]}, {"count", count}});
  }
  return result;
}

}  // namespace

ClassifierOptions parse_classifier_options(std::string_view json) {
  const JsonDocument document(json, "training options");
  const JsonView root = document.root();
  ClassifierOptions options;
  options.labels = root.at("labels").strings();
  options.buckets = static_cast<std::uint32_t>(root.integer_or("buckets", 0, 0, text::kMaxBuckets));
  options.seed = static_cast<std::uint64_t>(
      root.integer_or("seed", 42, 0, std::numeric_limits<std::int64_t>::max()));
  options.cross_validation =
      static_cast<std::uint32_t>(root.integer_or("cross_validation", 0, 0, 20));
  if (options.cross_validation == 1) root.at("cross_validation").fail("0 or 2 to 20 folds");
  options.epochs = static_cast<std::uint32_t>(root.integer_or("epochs", 0, 0, 1000));
  options.out_of_scope_share = root.number_or("out_of_scope_share", 0.0, 0.0, 0.9);
  if (const auto data = root.find("data")) options.data = data->raw();
  options.licence = root.string_or("licence", "");
  return options;
}

ClassifierResult train_classifier(std::span<const std::string_view> texts,
                                  std::span<const std::int32_t> labels,
                                  const ClassifierOptions& options, const Progress& progress) {
  const auto refuse = [](std::string place, std::string expected, std::string found) {
    throw Error(ErrorCode::kInvalidInput, "the classifier cannot be trained",
                {"", std::move(place), std::move(expected), std::move(found)});
  };
  if (texts.size() != labels.size()) {
    refuse("labels", std::to_string(texts.size()) + " labels", std::to_string(labels.size()));
  }
  const auto label_count = static_cast<std::int32_t>(options.labels.size());
  for (std::size_t e = 0; e < labels.size(); ++e) {
    if (labels[e] < -1 || labels[e] >= label_count) {
      refuse("example " + std::to_string(e),
             "a label from -1 to " + std::to_string(label_count - 1), std::to_string(labels[e]));
    }
  }
  std::vector<std::string> sorted_labels = options.labels;
  std::sort(sorted_labels.begin(), sorted_labels.end());
  const auto twin = std::adjacent_find(sorted_labels.begin(), sorted_labels.end());
  if (twin != sorted_labels.end()) refuse("labels", "distinct labels", "\"" + *twin + "\" twice");

  // Texts without a feature and labels without a text cannot be learned.
  text::FeatureSettings features;
  features.char_min = 2;
  features.buckets = 1u << 20;
  progress("reading", 0, 1);
  std::vector<std::string_view> usable_texts;
  std::vector<std::int32_t> usable_labels;
  std::vector<std::size_t> label_examples(options.labels.size(), 0);
  std::size_t without_features = 0;
  std::size_t distinct = 0;
  {
    const Examples all = extract(texts, labels, features);
    distinct = distinct_features(all, features.buckets);
    for (std::size_t e = 0; e < all.size(); ++e) {
      if (all.row(e).empty()) {
        ++without_features;
        continue;
      }
      usable_texts.push_back(texts[e]);
      usable_labels.push_back(labels[e]);
      if (labels[e] >= 0) ++label_examples[labels[e]];
    }
  }
  std::vector<std::string> class_labels;
  std::vector<std::string> unused_labels;
  std::vector<std::int32_t> class_of(options.labels.size(), -1);
  for (std::size_t l = 0; l < options.labels.size(); ++l) {
    if (label_examples[l] == 0) {
      unused_labels.push_back(options.labels[l]);
      continue;
    }
    class_of[l] = static_cast<std::int32_t>(class_labels.size());
    class_labels.push_back(options.labels[l]);
  }
  if (class_labels.size() < 2) {
    refuse("labels", "at least two labels with a usable text", std::to_string(class_labels.size()));
  }
  for (std::int32_t& label : usable_labels) {
    if (label >= 0) label = class_of[label];
  }
  const auto classes = static_cast<std::uint32_t>(class_labels.size());
  features.buckets = options.buckets > 0 ? options.buckets : choose_buckets(distinct, classes);
  const Examples examples = extract(usable_texts, usable_labels, features);
  progress("reading", 1, 1);

  SoftmaxSettings settings;
  settings.seed = options.seed;
  settings.epochs = options.epochs > 0 ? options.epochs : 20;
  const auto strangers = std::count(examples.labels.begin(), examples.labels.end(), -1);
  if (strangers > 0) {
    // Softer targets: a few points of strangers more are turned away at the same cost. Without
    // strangers to find, they help nothing.
    settings.smoothing = 0.05;
    settings.dropout = 0.3;
  }
  const bool whole = examples.size() <= kFoldExamples || options.cross_validation > 0;
  const std::uint32_t folds = options.cross_validation > 0 ? options.cross_validation
                              : whole                      ? kFolds
                                                           : kHoldoutFolds;
  const Unseen unseen = predict_unseen(examples, features.buckets, classes, settings, folds,
                                       whole ? folds : 1, options.seed, progress);
  const double inverse_temperature = fit_inverse_temperature(unseen.predictions);
  const std::vector<Verdict> unseen_verdicts = verdicts(unseen.predictions, inverse_temperature);
  const double stranger_share =
      options.out_of_scope_share > 0.0
          ? options.out_of_scope_share
          : static_cast<double>(strangers) / static_cast<double>(examples.size());
  const float threshold = fit_threshold(unseen_verdicts, stranger_share);
  const ScopeFigures figures = scope_figures(unseen_verdicts, threshold);
  const ScopeFigures float_figures =
      scope_figures(verdicts(unseen.float_predictions, inverse_temperature), threshold);

  progress("training", 0, 1);
  std::vector<std::uint32_t> rows(examples.size());
  for (std::uint32_t e = 0; e < rows.size(); ++e) rows[e] = e;
  QuantisedClassifier model =
      quantise_classifier(fit(examples, rows, features.buckets, classes, settings));
  model.inverse_temperature = static_cast<float>(inverse_temperature);
  progress("training", 1, 1);

  Json metrics = {
      {"accuracy", figures.accuracy},
      {"accuracy_in_scope", figures.accuracy_in_scope},
      {"rejected_in_scope", figures.rejected_in_scope},
      {"out_of_scope_recall",
       figures.out_of_scope > 0 ? Json(figures.out_of_scope_recall) : Json(nullptr)},
      {"float", {{"accuracy", float_figures.accuracy}}},
      {"calibration_error", calibration_error(unseen_verdicts)},
      {"examples", figures.in_scope},
      {"out_of_scope_examples", figures.out_of_scope},
      {"protocol",
       whole ? std::to_string(folds) + "-fold cross-validation" : "one seventh held out"},
  };
  const Json chosen = {{"epochs", settings.epochs},
                       {"rate", settings.rate},
                       {"dropout", settings.dropout},
                       {"smoothing", settings.smoothing}};
  Json metadata = {
      {"version", 1},
      {"kind", "classifier"},
      {"labels", class_labels},
      {"features",
       {{"buckets", features.buckets},
        {"hash", "fnv1a"},
        {"words", features.words},
        {"word_pairs", features.word_pairs},
        {"char_ngrams", {features.char_min, features.char_max}},
        {"cjk", "characters+pairs"}}},
      {"threshold", threshold},
      {"clarify", {{"threshold", threshold * 0.5f}, {"margin", 0.15}}},
      {"temperature", 1.0 / inverse_temperature},
      {"metrics", metrics},
      {"settings", chosen},
      {"data", options.data},
  };
  if (!options.licence.empty()) metadata["licence"] = options.licence;
  ClassifierResult result;
  result.model = write_classifier(model, json_text(metadata));
  result.report = {
      {"classes", classes},
      {"examples", examples.size()},
      {"buckets", features.buckets},
      {"settings", chosen},
      {"metrics", std::move(metrics)},
      {"threshold", threshold},
      {"temperature", 1.0 / inverse_temperature},
      {"confusions",
       options.cross_validation > 0 ? confusions(unseen_verdicts, class_labels) : Json::array()},
      {"unused_labels", unused_labels},
      {"dropped", {{"examples", without_features}}},
      {"bytes", result.model.size()},
  };
  return result;
}

}  // namespace storewise::train
