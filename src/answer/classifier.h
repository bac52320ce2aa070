// A text classifier bound for serving: a normalised text in, calibrated label probabilities out.
//
// Works with any ONNX model of the form  feature_ids int64[m], feature_weights float[m] ->
// probabilities float[classes]  whose metadata names the labels and the features (text/features.h).
// Refuses to know answers: faq.h does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/plan.h"
#include "text/features.h"

namespace storewise::answer {

struct RankedLabel {
  std::uint32_t label;  // into Classifier::labels()
  float probability;    // 0..1
};

class Classifier {
 public:
  // `plan` must outlive the classifier. `metadata` is the plan's "storewise" document. Throws
  // Error: kInvalidInput for the document, kInvalidModel for inputs, outputs or labels that do not
  // have the form above.
  Classifier(const graph::Plan& plan, std::string_view metadata);

  // All labels by descending probability (equal ones in the model's order) into `out`. `text` is
  // NFKC-normalised, lower-cased UTF-8. False when nothing of the text is a feature: the
  // probabilities then only say how frequent the labels are.
  bool classify(std::string_view text, std::vector<RankedLabel>& out);

  const std::vector<std::string>& labels() const { return labels_; }
  // Below this probability the best label is not believed: the text is out of scope.
  float threshold() const { return threshold_; }
  // From here on, below threshold(), it is worth asking back; so it is above, when the second label
  // comes closer than the margin.
  float clarify_threshold() const { return clarify_threshold_; }
  float clarify_margin() const { return clarify_margin_; }

 private:
  const graph::Plan& plan_;
  graph::Workspace workspace_;
  std::vector<std::string> labels_;
  text::FeatureExtractor features_;
  float threshold_ = 0;
  float clarify_threshold_ = 0;
  float clarify_margin_ = 0;
  std::size_t ids_input_ = 0;
  std::size_t weights_input_ = 1;
  std::vector<text::Feature> extracted_;
  std::vector<std::int64_t> ids_;
  std::vector<float> weights_;
  std::vector<std::uint64_t> keys_;
  std::vector<graph::TensorView> outputs_;
};

// The settings under "features" in a classifier's metadata. Throws Error(kInvalidInput).
text::FeatureSettings feature_settings(std::string_view metadata, std::string_view name);

}  // namespace storewise::answer
