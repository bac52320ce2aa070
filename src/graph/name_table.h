// What each name of a graph stands for: a number, or none yet. A twentieth of what
// std::unordered_map brings in WebAssembly.
//
// Linear probing in a table at most half full, with the FNV-1a hash (Fowler, Noll, Vo 1991). Names
// are never taken out again: to stand for nothing is enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/node.h"

namespace storewise::graph {

class NameTable {
 public:
  // The number of `name`, whose characters must outlive the table; kNoValue until it is set. The
  // reference holds until the next call. The empty name stands for nothing: do not set it.
  int& operator[](std::string_view name) {
    if (2 * (used_ + 1) > entries_.size()) grow();
    Entry& entry = find(name);
    if (entry.name.size() != name.size()) {
      entry.name = name;
      ++used_;
    }
    return entry.value;
  }

 private:
  struct Entry {
    std::string_view name;  // empty: free
    int value = kNoValue;
  };

  // Where `name` is, or the free entry where it belongs.
  Entry& find(std::string_view name) {
    std::uint32_t hash = 2166136261u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = hash & mask;
    while (!entries_[at].name.empty() && entries_[at].name != name) at = (at + 1) & mask;
    return entries_[at];
  }

  void grow() {
    std::vector<Entry> old(entries_.empty() ? 64 : 2 * entries_.size());
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (!entry.name.empty()) find(entry.name) = entry;
    }
  }

  std::vector<Entry> entries_;  // a power of two of them
  std::size_t used_ = 0;
};

}  // namespace storewise::graph
