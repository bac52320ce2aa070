// TfIdfVectorizer: counts the n-grams of a pool in rows of integers or strings.
//
// The pool is laid out once, when the model is opened: a header, the pool's elements, for every
// n-gram its start, length, place in the output and weight, and a hash table that finds them. An
// integer is treated as the text of its eight bytes, so that there is one kind of element.
#include <algorithm>

#include "onnx/numbers.h"
#include "ops/common.h"
#include "ops/operators.h"
#include "support/message.h"

namespace storewise::ops {
namespace {

enum class Weighting : std::uint32_t { kTf, kIdf, kTfIdf };

struct Header {
  Weighting weighting = Weighting::kTf;
  std::uint32_t shortest = 1;
  std::uint32_t longest = 1;
  std::uint32_t skips = 0;
  std::uint32_t outputs = 0;
  std::uint32_t grams = 0;
  std::uint32_t elements = 0;  // of the pool
  std::uint32_t mask = 0;      // one less than the places of the table, a power of two
};

struct Gram {
  std::uint32_t start = 0;  // in the pool
  std::uint32_t length = 0;
  std::uint32_t output = 0;
  float weight = 1;
};

// Number i of a list of int64, as an element.
std::string_view text_of(const void* numbers, std::size_t i) {
  return {static_cast<const char*>(numbers) + i * sizeof(std::int64_t), sizeof(std::int64_t)};
}

// The hash of a list of elements that is one longer (FNV-1a, mixed after each element).
std::uint64_t extend(std::uint64_t hash, std::string_view element) {
  hash ^= 0xCBF29CE484222325u;
  for (const char letter : element) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
  }
  return hash ^ hash >> 32;
}

// The prepared bytes.
struct Pool {
  explicit Pool(const std::uint8_t* bytes) : header(*reinterpret_cast<const Header*>(bytes)) {
    elements = reinterpret_cast<const std::string_view*>(bytes + sizeof(Header));
    grams = reinterpret_cast<const Gram*>(elements + header.elements);
    table = reinterpret_cast<const std::uint32_t*>(grams + header.grams);
  }

  // The table's place of the n-gram with these elements, `step` apart, or of the gap where it
  // would be. A place holds a number one more than the n-gram's, 0 for none.
  std::size_t place(std::uint64_t hash, const std::string_view* first, std::size_t length,
                    std::size_t step) const {
    std::size_t at = static_cast<std::size_t>(hash) & header.mask;
    for (; table[at] != 0; at = (at + 1) & header.mask) {
      const Gram& gram = grams[table[at] - 1];
      bool same = gram.length == length;
      for (std::size_t i = 0; same && i < length; ++i) {
        same = elements[gram.start + i] == first[i * step];
      }
      if (same) break;
    }
    return at;
  }

  const Header& header;
  const std::string_view* elements;
  const Gram* grams;
  const std::uint32_t* table;
};

}  // namespace

std::vector<std::uint8_t> prepare_tf_idf(const graph::Node& node, DataType type) {
  const onnx::AttributeRef none;
  const auto attribute = [&](const char* name) -> const onnx::AttributeRef& {
    const onnx::AttributeRef* found = node.find_attribute(name);
    return found != nullptr ? *found : none;
  };
  const auto number = [&](const char* name, std::int64_t least) {
    const std::int64_t value = attribute(name).i;
    if (value < least || value > INT32_MAX) {
      node.fail(kContradiction, "% from %|%", name, least, value);
    }
    return static_cast<std::uint32_t>(value);
  };
  Header header;
  const std::string_view mode = attribute("mode").s;
  const int known = word_place(mode, "TF IDF TFIDF");
  if (known < 0) node.fail(kContradiction, "the mode TF, IDF or TFIDF|%", mode);
  header.weighting = static_cast<Weighting>(known);
  header.shortest = number("min_gram_length", 1);
  header.longest = number("max_gram_length", header.shortest);
  header.skips = number("max_skip_count", 0);

  const bool is_text = type == DataType::kString;
  const std::vector<std::int64_t>& numbers = attribute("pool_int64s").ints;
  const std::vector<std::string_view>& texts = attribute("pool_strings").strings;
  const std::size_t elements = is_text ? texts.size() : numbers.size();
  if (!is_text && type != DataType::kInt32 && type != DataType::kInt64) {
    node.fail(kContradiction, "int32, int64 or string|%", data_type_name(type));
  }
  if (elements == 0) node.fail(kContradiction, "a pool of %|none", data_type_name(type));

  const std::vector<std::int64_t>& starts = attribute("ngram_counts").ints;
  const std::vector<std::int64_t>& outputs = attribute("ngram_indexes").ints;
  const std::vector<float>& weights = attribute("weights").floats;
  header.longest = std::min(header.longest, static_cast<std::uint32_t>(starts.size()));
  header.grams = static_cast<std::uint32_t>(outputs.size());
  header.elements = static_cast<std::uint32_t>(elements);
  while (header.mask < 2 * outputs.size()) header.mask = 2 * header.mask + 1;
  const std::size_t views_at = sizeof header;
  const std::size_t grams_at = views_at + elements * sizeof(std::string_view);
  const std::size_t table_at = grams_at + outputs.size() * sizeof(Gram);
  const std::size_t numbers_at = table_at + (std::size_t{header.mask} + 1) * sizeof(std::uint32_t);
  std::vector<std::uint8_t> bytes(numbers_at + numbers.size() * sizeof(std::int64_t));
  auto* views = reinterpret_cast<std::string_view*>(bytes.data() + views_at);
  auto* grams = reinterpret_cast<Gram*>(bytes.data() + grams_at);
  auto* table = reinterpret_cast<std::uint32_t*>(bytes.data() + table_at);
  copy_bytes(bytes.data() + numbers_at, numbers.data(), numbers.size() * sizeof(std::int64_t));
  for (std::size_t i = 0; i < elements; ++i) {
    views[i] = is_text ? texts[i] : text_of(bytes.data() + numbers_at, i);
  }

  std::size_t count = 0;
  for (std::size_t n = 0; n < starts.size(); ++n) {
    const auto end = static_cast<std::int64_t>(n + 1 < starts.size() ? starts[n + 1] : elements);
    const auto length = static_cast<std::int64_t>(n + 1);
    if (starts[n] < 0 || starts[n] > end || end > static_cast<std::int64_t>(elements) ||
        (end - starts[n]) % length != 0) {
      node.fail(kContradiction, "ngram_counts that divide the pool|% to %", starts[n], end);
    }
    for (std::int64_t start = starts[n]; start < end; start += length, ++count) {
      if (count >= outputs.size()) continue;
      const std::int64_t output = outputs[count];
      if (output < 0 || output > INT32_MAX) {
        node.fail(kContradiction, "ngram_indexes of 0 or more|%", output);
      }
      Gram& gram = grams[count];
      gram = {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(length),
              static_cast<std::uint32_t>(output), count < weights.size() ? weights[count] : 1};
      header.outputs = std::max(header.outputs, gram.output + 1);
    }
  }
  if (count != outputs.size() || (!weights.empty() && weights.size() != count)) {
    node.fail(kContradiction, "% ngram_indexes and weights|% and %", count, outputs.size(),
              weights.size());
  }
  std::memcpy(bytes.data(), &header, sizeof header);
  const Pool pool(bytes.data());
  for (std::uint32_t i = 0; i < header.grams; ++i) {
    const Gram& gram = grams[i];
    if (gram.length < header.shortest || gram.length > header.longest) continue;
    std::uint64_t hash = 0;
    for (std::size_t k = 0; k < gram.length; ++k) hash = extend(hash, views[gram.start + k]);
    std::uint32_t& place = table[pool.place(hash, views + gram.start, gram.length, 1)];
    if (place == 0) place = i + 1;  // the first of equal n-grams counts
  }
  return bytes;
}

namespace {

// Counts one row of `width` elements into `out`.
void count_row(const Pool& pool, const std::string_view* row, std::size_t width, float* out) {
  const Header& header = pool.header;
  for (std::size_t step = 1; step <= std::size_t{header.skips} + 1; ++step) {
    // Single elements are the same whatever is skipped; longer ones end where the row does.
    const std::size_t shortest = step == 1 ? header.shortest : std::max(header.shortest, 2u);
    if (shortest > header.longest || (step > 1 && step >= width)) return;
    for (std::size_t start = 0; start < width; ++start) {
      std::uint64_t hash = 0;
      for (std::size_t n = 1; n <= header.longest && start + (n - 1) * step < width; ++n) {
        hash = extend(hash, row[start + (n - 1) * step]);
        if (n < shortest) continue;
        const std::uint32_t found = pool.table[pool.place(hash, row + start, n, step)];
        if (found == 0) continue;
        const Gram& gram = pool.grams[found - 1];
        float& value = out[gram.output];
        switch (header.weighting) {
          case Weighting::kTf:
            value += 1;
            break;
          case Weighting::kIdf:
            value = gram.weight;
            break;
          default:
            value += gram.weight;
        }
      }
    }
  }
}

}  // namespace

void tf_idf_vectorizer(Invocation& invocation) {
  const TensorView& data = invocation.input(0);
  const std::size_t rank = data.shape.rank();
  if (rank < 1 || rank > 2) invocation.fail_shape(0, "a row, or rows");
  const auto width = static_cast<std::size_t>(data.shape[rank - 1]);
  const std::size_t rows = rank == 1 ? 1 : static_cast<std::size_t>(data.shape[0]);
  const Pool pool(invocation.prepared());
  const std::int64_t outputs = pool.header.outputs;
  const Shape shape = rank == 1 ? Shape{outputs} : Shape{data.shape[0], outputs};
  auto* out = invocation.output_as<float>(0, shape);
  const std::size_t all = shape.elements();
  fill(reinterpret_cast<char*>(out), nullptr, sizeof(float), all);
  const auto* row = data.as<std::string_view>();
  std::string_view* views = nullptr;
  std::int64_t* numbers = nullptr;
  if (data.type != DataType::kString) {
    views = static_cast<std::string_view*>(
        invocation.scratch(width * (sizeof(std::string_view) + sizeof(std::int64_t))));
    numbers = reinterpret_cast<std::int64_t*>(views + width);
    for (std::size_t i = 0; i < width; ++i) views[i] = text_of(numbers, i);
    row = views;
  }
  for (std::size_t i = 0; i < rows && all > 0; ++i, out += outputs) {
    if (numbers != nullptr) {
      onnx::load_numbers(data.type, data.data, i * width, width, numbers);
    }
    count_row(pool, row, width, out);
    if (numbers == nullptr) row += width;
  }
}

}  // namespace storewise::ops
