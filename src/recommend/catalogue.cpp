#include "recommend/catalogue.h"

#include "recommend/json_columns.h"
#include "support/message.h"

namespace storewise::recommend {

std::int32_t Catalogue::Field::find(std::string_view value) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == value) return static_cast<std::int32_t>(i);
  }
  return -1;
}

const Catalogue::Field* Catalogue::field(std::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

class Catalogue::Reader final : public JsonColumnReader {
 public:
  explicit Reader(Catalogue& catalogue) : catalogue_(catalogue) {}

  // What can only be checked with every column read.
  void finish(std::string_view file_name) {
    const std::size_t rows = catalogue_.ids_.size();
    if (!version_)
      throw_error_in(file_name, ErrorCode::kInvalidInput, "%|$|the key \"version\"|none",
                     kUnusable);
    if (rows == 0)
      throw_error_in(file_name, ErrorCode::kInvalidInput, "%|$.id|at least one item|none",
                     kUnusable);
    for (const Column& column : columns_) {
      if (column.length != rows) {
        throw_error_in(file_name, ErrorCode::kInvalidInput, "%|%|% elements, as many as $.id|%",
                       kUnusable, column.path, rows, column.length);
      }
    }
    if (count_ >= 0 && count_ != static_cast<double>(rows)) {
      throw_error_in(file_name, ErrorCode::kInvalidInput, "%|$.count|%, the length of $.id|%",
                     kUnusable, rows, static_cast<std::int64_t>(count_));
    }
    for (const Field& field : catalogue_.fields_) {
      if (field.index.size() != rows) {
        throw_error_in(file_name, ErrorCode::kInvalidInput,
                       "%|$.fields.%.index|% elements, as many as $.id|%", kUnusable, field.name,
                       rows, field.index.size());
      }
      const auto values = static_cast<std::int32_t>(field.values.size());
      for (std::size_t row = 0; row < rows; ++row) {
        if (field.index[row] >= values) {
          throw_error_in(
              file_name, ErrorCode::kInvalidInput,
              "%|$.fields.%.index[%]|a position in $.fields.%.values, which has %, or -1|%",
              kUnusable, field.name, row, field.name, values, field.index[row]);
        }
      }
    }
    const Row repeated = catalogue_.ids_.build();
    if (repeated != kNoRow) {
      const std::string_view id = catalogue_.ids_[repeated];
      throw_error_in(file_name, ErrorCode::kInvalidInput,
                     "%|$.id[%]|each id once|\"%\", which $.id[%] has as well", kUnusable, repeated,
                     id, catalogue_.ids_.find(id));
    }
  }

 private:
  static constexpr const char* kUnusable = "the catalogue cannot be used";

  enum class Sink { kNone, kIds, kStrings, kPrices, kAvailable, kValues, kIndex };
  struct Column {
    std::string path;
    std::size_t length;
  };

  void once(bool& seen) {
    if (seen) fail("each key once|the key \"%\" twice", last_key());
    seen = true;
  }
  std::string last_key() const {
    const auto& all = frames();
    for (std::size_t i = all.size(); i-- > 0;) {
      if (!all[i].array) return all[i].key;
    }
    return {};
  }
  // The field whose object encloses the current value; made when first met.
  Field& current_field() {
    const std::string& name = frames()[1].key;
    if (catalogue_.fields_.empty() || catalogue_.fields_.back().name != name) {
      if (catalogue_.field(name) != nullptr) fail("each key once|\"%\" twice", name);
      catalogue_.fields_.push_back({name, {}, {}});
      values_seen_ = index_seen_ = false;
    }
    return catalogue_.fields_.back();
  }

  void begin(bool array) override {
    if (frames().size() == 1) {
      if (array) fail("an object|an array");
      return;
    }
    if (sink_ != Sink::kNone) fail("a single value|%", array ? "an array" : "an object");
    if (array && (at({"fields"}, 2) || at({"names"}, 2) || at({"fields", ""}, 3))) {
      fail("an object|an array");
    }
    if (at({"fields", ""}, 3)) current_field();
    const bool known = at({"id"}, 2) || at({"name"}, 2) || at({"price"}, 2) ||
                       at({"available"}, 2) || at({"names", ""}, 3) ||
                       at({"fields", "", "values"}, 4) || at({"fields", "", "index"}, 4);
    sink_ = Sink::kNone;
    if (!known) return;
    if (!array) fail("an array|an object");
    if (at({"id"}, 2)) {
      once(ids_seen_);
      sink_ = Sink::kIds;
    } else if (at({"name"}, 2)) {
      once(names_seen_);
      sink_ = Sink::kStrings;
    } else if (at({"price"}, 2)) {
      once(prices_seen_);
      sink_ = Sink::kPrices;
    } else if (at({"available"}, 2)) {
      once(available_seen_);
      sink_ = Sink::kAvailable;
    } else if (frames().size() == 3) {
      sink_ = Sink::kStrings;
    } else if (frames()[2].key == "values") {
      current_field();
      once(values_seen_);
      sink_ = Sink::kValues;
    } else {
      current_field();
      once(index_seen_);
      sink_ = Sink::kIndex;
    }
  }

  void end() override {
    if (sink_ == Sink::kStrings || sink_ == Sink::kPrices || sink_ == Sink::kAvailable) {
      std::string where = path();
      where.resize(where.rfind('['));
      columns_.push_back({std::move(where), frames().back().index});
    }
    sink_ = Sink::kNone;
  }

  void scalar(const JsonScalar& value) override {
    constexpr double kMoney = 1e12;
    switch (sink_) {
      case Sink::kIds: {
        const std::string_view id = expect_string(value);
        if (id.empty() || id.size() > kMaxIdBytes) {
          fail("an id of 1 to % bytes|% bytes", kMaxIdBytes, id.size());
        }
        if (catalogue_.ids_.size() == kMaxCatalogueItems) fail("at most 4000000 items|more");
        catalogue_.ids_.add(id);
        return;
      }
      case Sink::kStrings:
        expect_string(value);
        return;
      case Sink::kPrices:
        if (value.type == JsonScalar::Type::kNull) {
          catalogue_.prices_.push_back(-1.0);
        } else {
          const double price = expect_number(value, -1, kMoney);
          catalogue_.prices_.push_back(price < 0 ? -1.0 : price);
        }
        return;
      case Sink::kAvailable:
        catalogue_.available_.push_back(value.type == JsonScalar::Type::kBoolean
                                            ? value.boolean
                                            : expect_whole(value, 0, 1) != 0);
        return;
      case Sink::kValues:
        catalogue_.fields_.back().values.emplace_back(expect_string(value));
        return;
      case Sink::kIndex:
        catalogue_.fields_.back().index.push_back(
            static_cast<std::int32_t>(expect_whole(value, -1, 2147483646)));
        return;
      case Sink::kNone:
        break;
    }
    if (frames().empty()) fail("an object|a single value");
    if (at({"version"}, 1)) {
      once(version_);
      if (value.type != JsonScalar::Type::kNumber || value.number != 1) fail("1|another version");
    } else if (at({"currency"}, 1)) {
      catalogue_.currency_ = expect_string(value);
    } else if (at({"count"}, 1)) {
      count_ = expect_whole(value, 0, kMaxCatalogueItems);
    } else if (at({"id"}, 1) || (at({"fields", ""}, 2) && value.type != JsonScalar::Type::kNull) ||
               ((at({"name"}, 1) || at({"price"}, 1) || at({"available"}, 1) ||
                 at({"fields"}, 1)) &&
                value.type != JsonScalar::Type::kNull)) {
      fail("an array or object|a single value");
    }
  }

  Catalogue& catalogue_;
  Sink sink_ = Sink::kNone;
  std::vector<Column> columns_;
  double count_ = -1;
  bool version_ = false;
  bool ids_seen_ = false;
  bool names_seen_ = false;
  bool prices_seen_ = false;
  bool available_seen_ = false;
  bool values_seen_ = false;
  bool index_seen_ = false;
};

Catalogue::Catalogue(std::string_view text, std::string_view file_name) {
  Reader reader(*this);
  reader.read(text, file_name);
  reader.finish(file_name);
  prices_.shrink_to_fit();
  available_.shrink_to_fit();
  for (Field& field : fields_) field.index.shrink_to_fit();
}

}  // namespace storewise::recommend
