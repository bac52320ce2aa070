#include "train/network/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "onnx/writer.h"
#include "support/message.h"
#include "train/network/graph.h"
#include "train/table_report.h"
#include "train/trial.h"

namespace storewise::train::network {
namespace {

constexpr std::size_t kMostSteps = 400;   // words of a text, unless told
constexpr std::size_t kFewestSights = 2;  // of a word that is to be known
constexpr std::int64_t kMostSide = 128;   // of a picture
constexpr std::size_t kFirstWord = 2;     // 0 is none, 1 an unknown one

std::string_view kind_name(NetworkKind kind) { return kind == NetworkKind::kCnn ? "cnn" : "lstm"; }

[[noreturn]] void refuse(std::string_view summary, Pieces place, Pieces expected, Pieces found) {
  throw_error(ErrorCode::kInvalidInput, summary, {}, place, expected, found);
}

// Texts as the network reads them, and what a file has to know for that.
struct Vocabulary {
  std::vector<std::string> known;  // has number kFirstWord + its place
  std::size_t most_words = 0;
  std::size_t without_words = 0;  // texts
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

class Work {
 public:
  Work(std::span<const double> cells, std::size_t rows, std::string_view texts,
       std::span<const std::uint32_t> text_ends, const NetworkOptions& options,
       const TrainingProgress& progress)
      : options_(options),
        progress_(progress),
        texts_(texts),
        ends_(text_ends),
        table_(fill_table(options.columns, cells, rows)),
        trial_(table_, options, options.classes, options.seed) {}

  TableResult run() {
    if (of_text()) {
      read_texts();
    } else {
      read_pictures();
    }
    return finish(learn());
  }

 private:
  bool of_text() const { return !options_.text.empty(); }
  const RawColumn& target_column() const { return table_.columns[options_.target]; }

  // ---- what is learnt from

  void read_texts() {
    if (ends_.size() != table_.rows) {
      refuse("there is not one text a row", {}, {table_.rows, " texts"}, {ends_.size()});
    }
    std::vector<std::vector<std::string_view>> words;
    std::uint32_t first = 0;
    for (const std::uint32_t end : ends_) {
      if (end < first || end > texts_.size()) {
        refuse("the texts do not end where they should", {}, {"ascending ends within the texts"},
               {end});
      }
      words.push_back(words_of(texts_.substr(first, end - first)));
      first = end;
    }
    learn_words(words);
    std::unordered_map<std::string_view, std::int32_t> number;
    for (std::size_t i = 0; i < vocabulary_.known.size(); ++i) {
      number.emplace(vocabulary_.known[i], static_cast<std::int32_t>(kFirstWord + i));
    }
    examples_.rows = table_.rows;
    for (const auto& text : words) {
      if (text.empty()) ++vocabulary_.without_words;
      for (std::size_t i = 0; i < std::min(text.size(), vocabulary_.most_words); ++i) {
        const auto found = number.find(text[i]);
        examples_.words.push_back(found == number.end() ? 1 : found->second);
      }
      examples_.ends.push_back(static_cast<std::uint32_t>(examples_.words.size()));
    }
    if (vocabulary_.without_words > 0) {
      trial_.warn(message("% texts have no word", vocabulary_.without_words));
    }
  }

  // The words seen twice or more in the rows to learn from, the commonest first, and how long their
  // texts are.
  void learn_words(const std::vector<std::vector<std::string_view>>& words) {
    std::unordered_map<std::string_view, std::size_t> sights;
    std::vector<std::size_t> lengths;
    for (const std::uint32_t row : trial_.split().training) {
      for (const std::string_view word : words[row]) ++sights[word];
      lengths.push_back(words[row].size());
    }
    std::vector<std::pair<std::string_view, std::size_t>> all;
    for (const auto& one : sights) {
      if (one.second >= kFewestSights) all.emplace_back(one);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    if (all.empty()) {
      refuse("there is nothing to learn from", {options_.text}, {"words that come twice or more"},
             {"none"});
    }
    all.resize(std::min(all.size(), options_.vocabulary));
    for (const auto& one : all) vocabulary_.known.emplace_back(one.first);
    vocabulary_.most_words = options_.most_words;
    if (vocabulary_.most_words > 0) return;
    const auto most =
        lengths.begin() + static_cast<std::ptrdiff_t>((lengths.size() - 1) * 99 / 100);
    std::nth_element(lengths.begin(), most, lengths.end());
    vocabulary_.most_words = std::clamp<std::size_t>(*most, 1, kMostSteps);
  }

  // Pixels in units of the largest of the rows to learn from.
  void read_pictures() {
    const std::size_t pixels = options_.height * options_.width * options_.channels;
    if (table_.columns.size() != pixels + 1) {
      refuse("the columns do not fill the picture", {"columns"}, {pixels, " pixels and the target"},
             {table_.columns.size(), " columns"});
    }
    examples_.rows = table_.rows;
    examples_.height = options_.height;
    examples_.width = options_.width;
    examples_.channels = options_.channels;
    examples_.numbers.resize(table_.rows * pixels);
    std::size_t at = 0;
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      if (c == options_.target) continue;
      const RawColumn& column = table_.columns[c];
      if (column.kind != ColumnKind::kNumber) {
        refuse("a pixel is no number", {column.name}, {"numbers"}, {train::name_of(column.kind)});
      }
      for (std::size_t row = 0; row < table_.rows; ++row) {
        if (std::isnan(column.cells[row])) {
          refuse("a pixel is missing", {column.name, ", row ", row + 1}, {"a number"}, {"none"});
        }
        examples_.numbers[row * pixels + at] = static_cast<float>(column.cells[row]);
      }
      ++at;
    }
    float largest = 0;
    for (const std::uint32_t row : trial_.split().training) {
      for (std::size_t i = 0; i < pixels; ++i) {
        largest = std::max(largest, std::fabs(examples_.numbers[row * pixels + i]));
      }
    }
    if (!(largest > 0)) refuse("there is nothing to see", {}, {"pixels that are not 0"}, {"none"});
    unit_ = 1.0f / largest;
    for (float& pixel : examples_.numbers) pixel *= unit_;
  }

  // ---- learning

  Trained learn() {
    Design usual;
    FitSettings fit;
    if (!of_text()) {
      usual.filters = {16, 32};
      usual.units = {64};
      usual.dropout = 0.3f;
    } else if (options_.kind == NetworkKind::kCnn) {
      usual.embedding = 64;
      usual.filters = {128};
      usual.dropout = 0.4f;
    } else {
      usual.embedding = 64;
      usual.units = {64};
      usual.dropout = 0.4f;
    }
    fit = fit_of(options_.network, fit);
    fit.balanced = options_.balanced;
    fit.seed = options_.seed;
    const Design design = design_of(options_.network, usual);
    Random random(options_.seed);
    const std::size_t outputs = trial_.classes() ? trial_.labels().size() : 1;
    const std::size_t words = kFirstWord + vocabulary_.known.size();
    Network network = !of_text() ? picture_network(options_.height, options_.width,
                                                   options_.channels, outputs, design, random)
                      : options_.kind == NetworkKind::kCnn
                          ? text_network(words, outputs, design, random)
                          : recurrent_network(words, outputs, design, random);
    Trained trained = train(std::move(network), examples_, trial_.target(), trial_.split().training,
                            options_.network, fit, progress_);
    facts_ = facts_of(trained, design, fit, options_.network);
    if (of_text()) {
      facts_["words"] = vocabulary_.known.size();
      facts_["most_words"] = vocabulary_.most_words;
      facts_["embedding"] = design.embedding;
    } else {
      facts_["picture"] = message("% x % x %", options_.height, options_.width, options_.channels);
    }
    if (options_.kind == NetworkKind::kCnn) facts_["filters"] = listed(design.filters);
    if (options_.kind == NetworkKind::kLstm) {
      facts_["cell"] = network::name_of(design.cell);
      facts_["bidirectional"] = design.both_ways;
    }
    if (!design.units.empty()) facts_["units"] = listed(design.units);
    facts_["class_weight"] = options_.balanced && trial_.classes() ? "balanced" : "none";
    return trained;
  }

  // ---- what comes of it

  Json inputs() const {
    if (of_text()) {
      return {{"input", "words"}, {"column", options_.text}, {"most", vocabulary_.most_words}};
    }
    return {{"input", "pixels"},
            {"height", options_.height},
            {"width", options_.width},
            {"channels", options_.channels},
            {"most", 1.0 / static_cast<double>(unit_)}};
  }

  Json metadata(const Json& outcome) const {
    Json document = outcome;
    document.update({{"version", 1},
                     {"kind", kind_name(options_.kind)},
                     {of_text() ? "text" : "picture", inputs()},
                     {"settings", facts_},
                     {"data", options_.data}});
    if (trial_.classes()) document["labels"] = trial_.labels();
    if (!options_.licence.empty()) document["licence"] = options_.licence;
    return document;
  }

  std::string write(const Network& network, const Json& document) const {
    using onnx::DataType;
    onnx::ModelWriter writer(kind_name(options_.kind));
    Graph graph(writer);
    std::string value;
    if (of_text()) {
      graph.add_words("words", vocabulary_.known, vocabulary_.most_words);
    } else {
      writer.add_input("pixels", DataType::kFloat,
                       {"n", options_.height, options_.width, options_.channels});
      const std::array<float, 1> unit{unit_};
      writer.add_initializer("#unit", DataType::kFloat, {}, onnx::bytes_of(unit));
      const std::string scaled = graph.node("Mul", {"pixels", "#unit"});
      value = graph.node("Transpose", {scaled}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
    }
    if (trial_.classes()) {
      writer.add_output("label", DataType::kString, {"n"});
      writer.add_output("probabilities", DataType::kFloat, {"n", trial_.labels().size()});
      network.write(graph, value, "probabilities");
      add_label(writer, "probabilities", "label", trial_.labels());
    } else {
      writer.add_output("value", DataType::kFloat, {"n", 1});
      network.write(graph, value, "value");
    }
    writer.set_metadata("storewise", json_text(document));
    return writer.bytes();
  }

  // What was made of the columns, in the form of a table's (table_report.h).
  Json columns() const {
    const auto entry = [&](std::string_view name, std::string_view kind, bool used,
                           std::string_view reason, const std::string& encoding) {
      return Json{{"name", name},  {"kind", kind}, {"used", used},  {"reason", reason},
                  {"warning", ""}, {"missing", 0}, {"distinct", 0}, {"encoding", encoding}};
    };
    Json list = Json::array();
    if (of_text()) {
      list.push_back(entry(options_.text, "text", true, "",
                           message("% words known, the first % of a text read",
                                   vocabulary_.known.size(), vocabulary_.most_words)));
    } else {
      const std::size_t first = options_.target == 0 ? 1 : 0;
      const std::size_t last =
          table_.columns.size() - (options_.target + 1 == table_.columns.size() ? 2 : 1);
      list.push_back(entry(
          message("% to %", table_.columns[first].name, table_.columns[last].name), "pixels", true,
          "", message("pictures, % x % x %", options_.height, options_.width, options_.channels)));
    }
    list.push_back(entry(target_column().name, train::name_of(target_column().kind), false,
                         "it is what is learnt", ""));
    return list;
  }

  TableResult finish(Trained trained) {
    if (progress_) progress_("measuring", 0, 1);
    const TableAnswers answers = answers_of(trained.network, examples_, trial_.split().test);
    const Json outcome = trial_.outcome(trial_.test_figures(answers));
    TableResult result;
    result.model = write(trained.network, metadata(outcome));
    result.report = outcome;
    result.report.update(
        {{"kind", kind_name(options_.kind)},
         {"rows", table_.rows},
         {"columns", columns()},
         {"features", of_text() ? vocabulary_.known.size()
                                : options_.height * options_.width * options_.channels},
         {"settings", facts_},
         {"importance", Json::array()},
         {"importance_figure", trial_.classes() ? "accuracy" : "r2"},
         {"dependence", {{"answers", Json::array()}, {"rows", 0}, {"columns", Json::array()}}},
         {"cross_validation", nullptr},
         {"weights", Json::array()},
         {"curve", curve_of(trained.fit)},
         {"examples", trial_.examples(answers)},
         {"warnings", trial_.warnings()},
         {"bytes", result.model.size()}});
    if (trial_.classes()) trial_.add_class_pictures(answers, result.report);
    return result;
  }

  const NetworkOptions& options_;
  const TrainingProgress& progress_;
  std::string_view texts_;
  std::span<const std::uint32_t> ends_;
  RawTable table_;
  Trial trial_;
  Vocabulary vocabulary_;
  Examples examples_;
  float unit_ = 1;  // of pixels
  Json facts_;
};

}  // namespace

NetworkOptions parse_network_options(std::string_view json) {
  const JsonDocument document(json, "options");
  const JsonView root = document.root();
  NetworkOptions options;
  parse_request(root, options);
  options.kind =
      one_of(root, "kind", "", {"cnn", "lstm"}) == "cnn" ? NetworkKind::kCnn : NetworkKind::kLstm;
  options.classes = root.at("classes").boolean();
  options.balanced = root.boolean_or("balanced", false);
  options.seed = seed_of(root);
  options.text = root.string_or("text", "");
  if (options.text.empty()) {
    if (options.kind == NetworkKind::kLstm) root.at("text").fail("the name of a column of texts");
    const JsonView shape = root.at("shape");
    if (shape.size() != 3) shape.fail("height, width and channels");
    options.height = static_cast<std::size_t>(shape[0].integer(1, kMostSide));
    options.width = static_cast<std::size_t>(shape[1].integer(1, kMostSide));
    options.channels = static_cast<std::size_t>(shape[2].integer(1, 4));
  }
  options.vocabulary = static_cast<std::size_t>(root.integer_or("vocabulary", 10000, 1, 100000));
  options.most_words = static_cast<std::size_t>(root.integer_or("words", 0, 0, 2000));
  options.network = parse_network_settings(root);
  return options;
}

TableResult train_network(std::span<const double> cells, std::size_t rows, std::string_view texts,
                          std::span<const std::uint32_t> text_ends, const NetworkOptions& options,
                          const TrainingProgress& progress) {
  return Work(cells, rows, texts, text_ends, options, progress).run();
}

}  // namespace storewise::train::network
