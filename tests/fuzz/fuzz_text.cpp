// Any bytes as a question: code points, features and the guess of a script.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "text/features.h"
#include "text/script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace storewise::text;
  static FeatureExtractor extractor{FeatureSettings{}};
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  std::vector<Feature> features;
  extractor.extract(bytes, features);
  for (std::size_t i = 0; i < features.size(); ++i) {
    const bool ascending = i == 0 || features[i - 1].id < features[i].id;
    if (!ascending || features[i].id >= FeatureSettings{}.buckets) std::abort();
  }
  static const std::vector<std::string> languages = {"en", "zh", "ja", "ko"};
  if (guess_language(bytes, languages) >= languages.size()) std::abort();
  std::vector<Feature> again;
  extractor.extract(bytes, again);
  if (again.size() != features.size()) std::abort();
  return 0;
}
