// How long our trainers take on a table of numbers, natively and on one thread: the other half of
// training_sklearn.py, driven by training.mjs. Prints, never judges.
//
//   training_bench FILE KIND [NAME=VALUE ...]
//
// FILE, little-endian: int32 rows, columns, classes (0: a target of numbers); float32 values,
// column after column; then an int32 label or a float64 number for each row. KIND is one of
// src/train/table_trainer.h; NAME a setting of a tree (alpha, min_leaf), of a forest (min_leaf,
// trees) or of boosting (rounds). Prints the seconds of processor time from the table to the model.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>

#include "support/error.h"
#include "train/feature_table.h"
#include "train/table_trainer.h"

namespace {

using storewise::train::FeatureTable;
using storewise::train::Target;
using storewise::train::TrainerSettings;

template <typename Number>
bool read(std::ifstream& file, Number* to, std::size_t count) {
  file.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count * sizeof(Number)));
  return file.good();
}

bool read_table(const char* name, FeatureTable& table, Target& target) {
  std::ifstream file(name, std::ios::binary);
  std::int32_t sizes[3];
  if (!read(file, sizes, 3)) return false;
  table.rows = static_cast<std::size_t>(sizes[0]);
  table.columns = static_cast<std::size_t>(sizes[1]);
  table.values.resize(table.rows * table.columns);
  if (!read(file, table.values.data(), table.values.size())) return false;
  target.classes = sizes[2];
  if (target.classes > 0) {
    target.labels.resize(table.rows);
    return read(file, target.labels.data(), table.rows);
  }
  target.numbers.resize(table.rows);
  return read(file, target.numbers.data(), table.rows);
}

bool set(TrainerSettings& settings, std::string_view text) {
  const std::size_t at = text.find('=');
  if (at == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, at);
  const std::string_view value = text.substr(at + 1);
  const double number = std::atof(std::string(value).c_str());
  const auto count = static_cast<std::size_t>(number);
  if (name == "alpha") {
    settings.alpha = number;
  } else if (name == "min_leaf") {
    settings.min_leaf = count;
  } else if (name == "trees") {
    settings.trees = count;
  } else if (name == "rounds") {
    settings.rounds = count;
  } else if (name == "kernel") {
    settings.kernel = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  FeatureTable table;
  Target target;
  TrainerSettings settings;
  const auto kind = argc < 3 ? std::nullopt : storewise::train::table_kind(argv[2]);
  bool good = kind && read_table(argv[1], table, target);
  for (int i = 3; i < argc && good; ++i) good = set(settings, argv[i]);
  if (!good) {
    std::fprintf(stderr, "training_bench FILE KIND [NAME=VALUE ...]\n");
    return 2;
  }
  settings.kind = *kind;
  try {
    const std::clock_t start = std::clock();
    const auto model = storewise::train::train_on(table, target, settings, [](auto, auto, auto) {});
    const std::clock_t end = std::clock();
    std::printf("%.6f\n", static_cast<double>(end - start) / CLOCKS_PER_SEC);
    std::fprintf(stderr, "%s\n", model->facts().dump().c_str());
  } catch (const storewise::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
