// ai.onnx.ml's preprocessing: encoders, scalers, and what fills in or picks features.
//
// What an operator maps by a list of keys becomes a sorted table when the model is opened. Of equal
// keys the last counts, NaN equals NaN, 0 equals -0.
#include <algorithm>
#include <cmath>
#include <limits>

#include "onnx/numbers.h"
#include "ops/ml_common.h"
#include "ops/operators.h"
#include "support/message.h"

namespace storewise::ops {
namespace {

constexpr std::size_t kPiece = 128;  // elements that are looked up together

// What stands at the start of the prepared bytes; then come the keys in their order (string_view,
// or std::int64_t: a whole number, or the bits of a double), the place of each in the file's list,
// and the values in the file's order with the one for unknown keys behind them.
struct TableHeader {
  std::uint32_t count = 0;
  std::uint32_t width = 0;  // bytes of a value
  bool text = false;
  bool decimal = false;
  bool strict = false;  // OneHotEncoder's zeros = 0
};

std::size_t padded(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

// Elements [first, first + n) as keys.
void load_keys(bool decimal, DataType type, const void* data, std::size_t first, std::size_t n,
               std::int64_t* keys) {
  if (!decimal) return onnx::load_numbers(type, data, first, n, keys);
  double numbers[kPiece];
  onnx::load_numbers(type, data, first, n, numbers);
  for (std::size_t i = 0; i < n; ++i) {
    double number = numbers[i] + 0.0;  // -0 becomes 0
    if (std::isnan(number)) number = std::numeric_limits<double>::quiet_NaN();
    std::memcpy(keys + i, &number, sizeof number);
  }
}

class Table {
 public:
  explicit Table(const Invocation& invocation)
      : header_(*reinterpret_cast<const TableHeader*>(invocation.prepared())),
        keys_(invocation.prepared() + padded(sizeof(TableHeader))),
        places_(reinterpret_cast<const std::uint32_t*>(keys_ + header_.count * key_size())) {}

  std::size_t size() const { return header_.count; }
  std::size_t width() const { return header_.width; }
  bool strict() const { return header_.strict; }
  const std::uint8_t* values() const {
    return reinterpret_cast<const std::uint8_t*>(places_) +
           padded(header_.count * sizeof(std::uint32_t));
  }

  // visit(i, place) for all elements of x: the place of element i in the list of keys, size() if it
  // is not there.
  template <typename Visit>
  void for_each(const TensorView& x, Visit&& visit) const {
    const std::size_t n = x.shape.elements();
    for (std::size_t first = 0; first < n; first += kPiece) {
      std::uint32_t found[kPiece];
      const std::size_t count = std::min(kPiece, n - first);
      find(x, first, count, found);
      for (std::size_t i = 0; i < count; ++i) visit(first + i, found[i]);
    }
  }

 private:
  void find(const TensorView& x, std::size_t first, std::size_t n, std::uint32_t* found) const {
    if (header_.text) {
      const graph::Elements<std::string_view> texts(x.data);
      for (std::size_t i = 0; i < n; ++i) found[i] = place(texts[first + i]);
      return;
    }
    std::int64_t numbers[kPiece];
    load_keys(header_.decimal, x.type, x.data, first, n, numbers);
    for (std::size_t i = 0; i < n; ++i) found[i] = place(numbers[i]);
  }

  std::size_t key_size() const {
    return header_.text ? sizeof(std::string_view) : sizeof(std::int64_t);
  }

  template <typename Key>
  std::uint32_t place(const Key& key) const {
    const auto* keys = reinterpret_cast<const Key*>(keys_);
    std::uint32_t low = 0;  // so many are not greater
    for (std::uint32_t high = header_.count; low < high;) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (key < keys[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low > 0 && keys[low - 1] == key ? places_[low - 1] : header_.count;
  }

  const TableHeader& header_;
  const std::uint8_t* keys_;
  const std::uint32_t* places_;
};

// A list of keys or values in an attribute, or one of them.
struct Column {
  DataType type = DataType::kUndefined;
  const void* data = nullptr;
  std::size_t size = 0;
};

Column column_of(const onnx::AttributeRef& attribute) {
  using Kind = onnx::AttributeKind;
  switch (attribute.kind) {
    case Kind::kInt:
      return {DataType::kInt64, &attribute.i, 1};
    case Kind::kInts:
      return {DataType::kInt64, attribute.ints.data(), attribute.ints.size()};
    case Kind::kFloat:
      return {DataType::kFloat, &attribute.f, 1};
    case Kind::kFloats:
      return {DataType::kFloat, attribute.floats.data(), attribute.floats.size()};
    case Kind::kString:
      return {DataType::kString, &attribute.s, 1};
    case Kind::kStrings:
      return {DataType::kString, attribute.strings.data(), attribute.strings.size()};
    case Kind::kTensor: {
      const onnx::TensorRef& tensor = *attribute.tensor;
      const std::size_t n = graph::Shape(tensor.dims).elements();
      // Elements of half a byte have no place in a table.
      if (n == 0 || tensor.bytes.size() != n * element_size(tensor.type)) return {};
      return {tensor.type, tensor.bytes.data(), n};
    }
    default:
      return {};
  }
}

// The first attribute whose name starts so that has elements, of `type` if one is given.
Column find_column(const graph::Node& node, const char* prefix,
                   DataType type = DataType::kUndefined) {
  for (const onnx::AttributeRef& attribute : node.attributes) {
    if (!attribute.name.starts_with(prefix)) continue;
    const Column column = column_of(attribute);
    if (column.size > 0 && (type == DataType::kUndefined || type == column.type)) return column;
  }
  return {};
}

// Sorts the places of n keys, equal ones by their place, and writes the keys in that order.
template <typename Key>
void sort_keys(const void* listed, std::uint32_t* places, std::size_t n, void* sorted) {
  sort_indices(places, n, listed, [](const void* keys, std::uint32_t a, std::uint32_t b) {
    const Key& first = static_cast<const Key*>(keys)[a];
    const Key& second = static_cast<const Key*>(keys)[b];
    return first < second || (first == second && a < b);
  });
  for (std::size_t i = 0; i < n; ++i) {
    static_cast<Key*>(sorted)[i] = static_cast<const Key*>(listed)[places[i]];
  }
}

// The table of `keys`, for elements of `type`. A value is `fallback` for every other element; there
// are none where the places alone count.
std::vector<std::uint8_t> lay_out(const graph::Node& node, DataType type, Column keys,
                                  Column values = {}, Column fallback = {}, bool strict = false) {
  const bool lists_values = values.type != DataType::kUndefined;
  TableHeader header;
  header.text = keys.type == DataType::kString;
  header.decimal = onnx::is_decimal(keys.type);
  header.strict = strict;
  header.count = static_cast<std::uint32_t>(keys.size);
  header.width = static_cast<std::uint32_t>(element_size(values.type));
  if (header.text != (type == DataType::kString) || (lists_values && values.size != keys.size)) {
    node.fail(kContradiction, "keys of the input's type, and as many values|% of % and %",
              keys.size, data_type_name(keys.type), values.size);
  }
  const std::size_t n = keys.size;
  const std::size_t key_size = header.text ? sizeof(std::string_view) : sizeof(std::int64_t);
  const std::size_t head = padded(sizeof header);
  const std::size_t keys_end = head + n * key_size;
  const std::size_t places_end = keys_end + padded(n * sizeof(std::uint32_t));
  std::vector<std::uint8_t> bytes(places_end + padded((n + 1) * header.width));
  std::memcpy(bytes.data(), &header, sizeof header);
  auto* places = reinterpret_cast<std::uint32_t*>(bytes.data() + keys_end);
  std::uint8_t* sorted = bytes.data() + head;
  // The keys lie in the file's order until the places are sorted.
  std::vector<std::uint8_t> listed(n * key_size);
  if (header.text) {
    copy_bytes(listed.data(), keys.data, listed.size());
    sort_keys<std::string_view>(listed.data(), places, n, sorted);
  } else {
    for (std::size_t i = 0; i < n; i += kPiece) {
      load_keys(header.decimal, keys.type, keys.data, i, std::min(kPiece, n - i),
                reinterpret_cast<std::int64_t*>(listed.data()) + i);
    }
    sort_keys<std::int64_t>(listed.data(), places, n, sorted);
  }
  if (!lists_values) return bytes;
  std::uint8_t* to = bytes.data() + places_end;
  copy_bytes(to, values.data, n * header.width);
  to += n * header.width;
  if (fallback.type == values.type) {
    copy_bytes(to, fallback.data, header.width);
  } else if (values.type == DataType::kString) {
    const std::string_view unused = "_Unused";
    std::memcpy(to, &unused, sizeof(std::string_view));
  } else {
    const double none = onnx::is_decimal(values.type) ? -0.0 : -1.0;
    onnx::store_numbers(values.type, to, 0, 1, &none);
  }
  return bytes;
}

// Per column, or one for all.
template <typename T>
T of_column(std::span<const T> values, std::size_t column, T fallback) {
  return values.empty() ? fallback : values.size() == 1 ? values[0] : values[column];
}

std::size_t columns_of(const TensorView& x) {
  return x.shape.rank() == 0 ? 1 : static_cast<std::size_t>(x.shape[x.shape.rank() - 1]);
}

void check_per_column(const Invocation& invocation, std::size_t found, std::size_t columns) {
  if (found > 1 && found != columns) {
    invocation.fail("one number, or one for each of % columns|%", columns, found);
  }
}

// out = change(x, column) for all elements as T, double or std::int64_t.
template <typename T, typename Change>
void change_columns(Invocation& invocation, Change&& change) {
  const TensorView& x = invocation.input(0);
  void* out = invocation.output(0, x.shape);
  const std::size_t n = x.shape.elements();
  const std::size_t columns = columns_of(x);
  std::size_t column = 0;
  T piece[kPiece];
  for (std::size_t first = 0; first < n; first += kPiece) {
    const std::size_t count = std::min(kPiece, n - first);
    onnx::load_numbers(x.type, x.data, first, count, piece);
    for (std::size_t i = 0; i < count; ++i) {
      piece[i] = change(piece[i], column);
      if (++column == columns) column = 0;
    }
    onnx::store_numbers(invocation.output_type(0), out, first, count, piece);
  }
}

}  // namespace

void array_feature_extractor(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const std::size_t picked = invocation.input(1).shape.elements();
  const graph::Elements<std::int64_t> indices(invocation.input(1).data);
  const std::size_t rank = x.shape.rank();
  if (rank == 0) invocation.fail_shape(0, "at least one dimension");
  const std::size_t columns = columns_of(x);
  Shape shape;
  if (rank == 1) shape.push_back(1);
  for (std::size_t d = 0; d + 1 < rank; ++d) shape.push_back(x.shape[d]);
  const std::size_t rows = shape.elements();
  shape.push_back(static_cast<std::int64_t>(picked));
  const std::size_t size = element_size(x.type);
  char* out = invocation.output_as<char>(0, shape);
  for (std::size_t i = 0; i < picked; ++i) {
    const std::int64_t index = indices[i];
    if (index < 0 || static_cast<std::uint64_t>(index) >= columns) {
      invocation.fail("an index below %|%", columns, index);
    }
    const char* from = static_cast<const char*>(x.data) + static_cast<std::size_t>(index) * size;
    for (std::size_t r = 0; r < rows; ++r) {
      std::memcpy(out + (r * picked + i) * size, from + r * columns * size, size);
    }
  }
}

void binarizer(Invocation& invocation) {
  const double threshold = invocation.attribute("threshold", 0.0f);
  change_columns<double>(invocation,
                         [=](double x, std::size_t) { return x > threshold ? 1.0 : 0.0; });
}

std::vector<std::uint8_t> prepare_label_encoder(const graph::Node& node, DataType type) {
  if (node.op->since_version > 1) {
    const Column values = find_column(node, "values_");
    return lay_out(node, type, find_column(node, "keys_"), values,
                   find_column(node, "default_", values.type));
  }
  // CategoryMapper lists both sides; the classes of LabelEncoder are numbered.
  Column texts = find_column(node, "cats_strings");
  Column numbers = find_column(node, "cats_int64s");
  std::vector<std::int64_t> counted;
  if (const Column classes = find_column(node, "classes_strings"); classes.size > 0) {
    texts = classes;
    for (std::size_t i = 0; i < classes.size; ++i) counted.push_back(static_cast<std::int64_t>(i));
    numbers = {DataType::kInt64, counted.data(), counted.size()};
  }
  const bool from_text = type == DataType::kString;
  const Column& values = from_text ? numbers : texts;
  return lay_out(node, type, from_text ? texts : numbers, values,
                 find_column(node, "default_", values.type));
}

void label_encoder(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Table table(invocation);
  const std::size_t width = table.width();
  if (width != element_size(invocation.output_type(0))) {
    invocation.fail("values|none");
  }
  char* out = invocation.output_as<char>(0, x.shape);
  const std::uint8_t* values = table.values();
  table.for_each(x, [&](std::size_t i, std::size_t place) {
    std::memcpy(out + i * width, values + place * width, width);
  });
}

void category_mapper(Invocation& invocation) { label_encoder(invocation); }

std::vector<std::uint8_t> prepare_categories(const graph::Node& node, DataType type) {
  const bool text = type == DataType::kString;
  const DataType wanted = text ? DataType::kString : DataType::kInt64;
  Column keys = find_column(node, "cats_", wanted);
  if (keys.size == 0) keys = find_column(node, text ? "string_" : "int64_", wanted);
  if (keys.size == 0) node.fail(kContradiction, "a list of the input's type|none");
  return lay_out(node, type, keys, {}, {}, node.int_attribute("zeros", 1) == 0);
}

void one_hot_encoder(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Table table(invocation);
  const std::size_t n = table.size();
  Shape shape = x.shape;
  shape.push_back(static_cast<std::int64_t>(n));
  float* out = invocation.output_as<float>(0, shape);
  std::fill_n(out, shape.elements(), 0.0f);
  table.for_each(x, [&](std::size_t i, std::size_t place) {
    if (place < n) {
      out[i * n + place] = 1;
    } else if (table.strict()) {
      invocation.fail("one of % categories|another at position %", n, i);
    }
  });
}

void dict_vectorizer(Invocation& invocation) {
  const TensorView& keys = invocation.input(0);
  const TensorView& values = invocation.input(1);
  const Table table(invocation);
  if (keys.shape.rank() != 1 || !(keys.shape == values.shape)) {
    invocation.fail_shape(1, "a list as long as that of the keys");
  }
  const std::size_t n = table.size();
  const std::size_t size = element_size(values.type);
  char* out = invocation.output_as<char>(0, Shape{1, static_cast<std::int64_t>(n)});
  fill(out, nullptr, size, n);
  table.for_each(keys, [&](std::size_t i, std::size_t place) {
    if (place == n) return;
    std::memcpy(out + place * size, static_cast<const char*>(values.data) + i * size, size);
  });
}

void feature_vectorizer(Invocation& invocation) {
  const std::span<const std::int64_t> given = invocation.ints_attribute("inputdimensions");
  const std::size_t inputs = invocation.input_count();
  if (inputs == 0 || (!given.empty() && given.size() != inputs)) {
    invocation.fail("inputdimensions for % inputs|%", inputs, given.size());
  }
  // Rows are the first dimension, a vector is one row; what is missing in a row is 0.
  const auto rows_of = [&](std::size_t i) {
    const Shape& shape = invocation.input(i).shape;
    return shape.rank() < 2 ? 1 : shape[0];
  };
  const auto width_of = [&](std::size_t i) {
    const Shape& shape = invocation.input(i).shape;
    return product(shape, shape.rank() < 2 ? 0 : 1, shape.rank());
  };
  const std::int64_t rows = rows_of(0);
  std::int64_t columns = 0;
  for (std::size_t i = 0; i < inputs; ++i) {
    const std::int64_t width = given.empty() ? static_cast<std::int64_t>(width_of(i)) : given[i];
    if (rows_of(i) != rows) invocation.fail_shape(i, "% rows", rows);
    if (width < 0 || width > INT32_MAX) invocation.fail("sizes that fit|%", width);
    columns += width;
  }
  float* out = invocation.output_as<float>(0, Shape{rows, columns});
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const TensorView& x = invocation.input(i);
      const std::size_t width = width_of(i);
      const std::size_t kept = given.empty() ? width : static_cast<std::size_t>(given[i]);
      const std::size_t there = std::min(kept, width);
      double piece[kPiece];
      for (std::size_t first = 0; first < there; first += kPiece) {
        const std::size_t count = std::min(kPiece, there - first);
        onnx::load_numbers(x.type, x.data, static_cast<std::size_t>(r) * width + first, count,
                           piece);
        onnx::store_numbers(DataType::kFloat, out, first, count, piece);
      }
      std::fill(out + there, out + kept, 0.0f);
      out += kept;
    }
  }
}

void imputer(Invocation& invocation) {
  const std::size_t columns = columns_of(invocation.input(0));
  if (onnx::is_decimal(invocation.input(0).type)) {
    const std::span<const float> values = invocation.floats_attribute("imputed_value_floats");
    const float replaced = invocation.attribute("replaced_value_float", 0.0f);
    check_per_column(invocation, values.size(), columns);
    if (values.empty()) invocation.fail("imputed_value_floats|none");
    return change_columns<double>(invocation, [&](double x, std::size_t column) {
      const bool missing = std::isnan(replaced) ? std::isnan(x) : x == replaced;
      return missing ? of_column(values, column, 0.0f) : x;
    });
  }
  const std::span<const std::int64_t> values = invocation.ints_attribute("imputed_value_int64s");
  const std::int64_t replaced = invocation.attribute("replaced_value_int64", std::int64_t{0});
  check_per_column(invocation, values.size(), columns);
  if (values.empty()) invocation.fail("imputed_value_int64s|none");
  change_columns<std::int64_t>(invocation, [&](std::int64_t x, std::size_t column) {
    return x == replaced ? of_column(values, column, x) : x;
  });
}

void scaler(Invocation& invocation) {
  const std::span<const float> offset = invocation.floats_attribute("offset");
  const std::span<const float> scale = invocation.floats_attribute("scale");
  const std::size_t columns = columns_of(invocation.input(0));
  check_per_column(invocation, offset.size(), columns);
  check_per_column(invocation, scale.size(), columns);
  change_columns<double>(invocation, [&](double x, std::size_t column) {
    return (x - of_column(offset, column, 0.0f)) * of_column(scale, column, 1.0f);
  });
}

// The largest by its sign; where the sum or the largest is 0, the row stays.
void normalizer(Invocation& invocation) {
  const std::string_view norm = invocation.attribute("norm", "MAX");
  if (norm != "MAX" && norm != "L1" && norm != "L2") {
    invocation.fail("norm MAX, L1 or L2|\"%\"", norm);
  }
  const Rows<float> x = read_rows<float>(invocation, 0);
  float* out = invocation.output_as<float>(0, invocation.input(0).shape);
  const float* from = x.data;
  for (std::size_t r = 0; r < x.rows; ++r, from += x.columns, out += x.columns) {
    double by = norm == "MAX" ? -std::numeric_limits<double>::infinity() : 0.0;
    for (std::size_t c = 0; c < x.columns; ++c) {
      const double value = from[c];
      by = norm == "MAX" ? std::max(by, value)
                         : by + (norm == "L1" ? std::fabs(value) : value * value);
    }
    if (norm == "L2") by = std::sqrt(by);
    if (by == 0) by = 1;
    for (std::size_t c = 0; c < x.columns; ++c) out[c] = static_cast<float>(from[c] / by);
  }
}

void zip_map(Invocation& invocation) {
  const TensorView& x = invocation.input(0);
  const Labels labels(invocation);
  if (x.shape.rank() == 0 || (labels.size() > 0 && columns_of(x) != labels.size())) {
    invocation.fail_shape(0, "a column for each of % labels", labels.size());
  }
  invocation.alias_output(0, x.shape, x.data);
}

}  // namespace storewise::ops
